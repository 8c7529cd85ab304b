#pragma once
// Splits the server's bytes into items, which scripts name: a line, or a message with its payload.
#include <optional>
#include <string>
#include <string_view>

namespace midge::wire {

// Collects bytes and returns items. The text of an item is the line without CRLF; for MSG and HMSG,
// a blank and the payload (with headers) follow, unless the payload is empty.
class ItemReader {
  public:
    void feed(std::string_view bytes) { buffer_ += bytes; }
    // Returns the next complete item.
    [[nodiscard]] std::optional<std::string> next();
    // Returns the rest after the last byte: an incomplete item, or an empty text.
    [[nodiscard]] std::string take_rest() { return std::move(buffer_); }

  private:
    std::string buffer_;
};

// Returns `text` on one line for people: control characters as escapes, long texts shortened in the
// middle.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace midge::wire
