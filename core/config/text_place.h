#pragma once
// Where in a text something stands, as editors show it.
#include <cstddef>
#include <string>
#include <string_view>

namespace midge {

// Line and column from 1; a column is a character, a tab too. Line 0: no place is known.
struct TextPlace {
    int line = 0;
    int column = 0;

    friend bool operator==(const TextPlace&, const TextPlace&) = default;
    // "line 2, column 7"
    [[nodiscard]] std::string text() const;
};

// Gives the places of offsets in one text, which outlives it. Fast for offsets that grow.
class TextPlaces {
  public:
    explicit TextPlaces(std::string_view text);
    [[nodiscard]] TextPlace at(size_t offset);

  private:
    std::string_view text_;
    size_t start_ = 0;  // behind a byte order mark, which editors do not show
    size_t offset_ = 0;
    TextPlace place_{1, 1};
};

// What we add to an error: after the words of nats-server, which scripts read, on the same line.
// `place` may be empty.
[[nodiscard]] std::string with_explanation(std::string_view text, std::string_view place,
                                           std::string_view explanation);
// Whether it has one.
[[nodiscard]] bool has_explanation(std::string_view text);

}  // namespace midge
