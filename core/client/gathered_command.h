#pragma once
// The bytes of a command that arrives in many pieces, or is too long for the buffer of a loop.
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace midge {

// Collects the pieces in one memory, so that no piece is copied or parsed again when the next one
// arrives. The memory grows with the bytes that have arrived, not with the announced size.
class GatheredCommand {
  public:
    // `start`: the bytes that have arrived. `wanted`: the size of the whole command; 0: it is a
    // line whose end has not arrived. Such a line is parsed at its end, or beyond `line_bytes_max`.
    GatheredCommand(std::string_view start, size_t wanted, size_t line_bytes_max);

    // Memory for the next bytes of the command; never empty.
    [[nodiscard]] std::span<char> room();
    // `bytes` bytes have been read to room(). Whether the command can be parsed now: it is
    // complete, its line has an end, or it is too long.
    [[nodiscard]] bool add(size_t bytes) noexcept;
    [[nodiscard]] std::string_view bytes() const noexcept { return {memory_.get(), size_}; }
    // The number of bytes that were moved to larger memory.
    [[nodiscard]] size_t moved_bytes() const noexcept { return moved_; }

  private:
    void grow(size_t capacity);

    const bool is_line_;
    const size_t bytes_max_;
    std::unique_ptr<char[]> memory_;
    size_t size_ = 0;
    size_t capacity_ = 0;
    size_t moved_ = 0;
};

}  // namespace midge
