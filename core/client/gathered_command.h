#pragma once
// A command that comes in many pieces, or is too long for a loop's buffer.
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace midge {

// Puts the pieces behind one another, so that none is copied or looked at again for each that
// follows. Its memory grows with what has come, not with what was announced.
class GatheredCommand {
  public:
    // `start`: what has come. `wanted`: bytes that it has in all; 0: it is a line without its end,
    // which is looked at again when it is longer than `line_bytes_max`.
    GatheredCommand(std::string_view start, size_t wanted, size_t line_bytes_max);

    // Where the next bytes go, no more than may belong to it; never empty.
    [[nodiscard]] std::span<char> room();
    // The first so many bytes of that have come. Whether there is something to be understood:
    // all of it, the end of a line, or an end that is none.
    [[nodiscard]] bool add(size_t bytes) noexcept;
    [[nodiscard]] std::string_view bytes() const noexcept { return {memory_.get(), size_}; }
    // Bytes that were moved to larger memory.
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
