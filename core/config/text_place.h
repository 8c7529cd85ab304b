#pragma once
// A place in a text, as editors show it.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace midge {

// Line and column from 1. Every character is one column, including a tab. Line 0: unknown.
struct TextPlace {
    int line = 0;
    int column = 0;

    friend bool operator==(const TextPlace&, const TextPlace&) = default;
    // "line 2, column 7"
    [[nodiscard]] std::string text() const;
};

// Converts offsets in one text to places. Requires: the text outlives this object.
class TextPlaces {
  public:
    explicit TextPlaces(std::string_view text);
    // Takes the same time for every offset, because a file has as many values as lines.
    [[nodiscard]] TextPlace at(size_t offset) const;

  private:
    static constexpr size_t known_distance = 256;
    // Moves `place` behind the byte at `offset`.
    void pass(size_t offset, TextPlace& place) const;

    std::string_view text_;
    size_t start_ = 0;              // after a byte order mark, which editors do not show
    std::vector<TextPlace> known_;  // the places of every 256th byte from the start
};

// Adds an explanation to an error, on the same line after nats-server's text, which scripts read.
// `place` may be empty.
[[nodiscard]] std::string with_explanation(std::string_view text, std::string_view place,
                                           std::string_view explanation);
// Whether the text has an explanation.
[[nodiscard]] bool has_explanation(std::string_view text);

}  // namespace midge
