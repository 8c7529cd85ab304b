#pragma once
// The server's bytes, cut into what a script names one by one: a line, or a message with its
// payload.
#include <optional>
#include <string>
#include <string_view>

namespace midge::wire {

// Collects bytes and gives items. An item's text is the line without CRLF; for MSG and HMSG a blank
// and the payload (headers included) follow if there is any.
class ItemReader {
  public:
    void feed(std::string_view bytes) { buffer_ += bytes; }
    // The next complete item.
    [[nodiscard]] std::optional<std::string> next();
    // What is left when nothing more comes: an incomplete item, or empty.
    [[nodiscard]] std::string take_rest() { return std::move(buffer_); }

  private:
    std::string buffer_;
};

// `text` on one line for people: control characters as escapes, long texts cut in the middle.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace midge::wire
