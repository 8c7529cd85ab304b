#include "client/gathered_command.h"

#include <algorithm>
#include <cstring>

namespace midge {
namespace {

constexpr size_t first_bytes = 64 * 1024;

}  // namespace

GatheredCommand::GatheredCommand(std::string_view start, size_t wanted, size_t line_bytes_max)
    : is_line_(wanted == 0),
      bytes_max_(std::max(start.size() + 1, is_line_ ? line_bytes_max + 1 : wanted)) {
    grow(std::max(first_bytes, 2 * start.size()));
    std::memcpy(memory_.get(), start.data(), start.size());
    size_ = start.size();
}

std::span<char> GatheredCommand::room() {
    if (size_ == capacity_) grow(2 * capacity_);
    return {memory_.get() + size_, capacity_ - size_};
}

bool GatheredCommand::add(size_t bytes) noexcept {
    const std::string_view added{memory_.get() + size_, bytes};
    size_ += bytes;
    if (size_ == bytes_max_) return true;
    if (is_line_) return added.find('\n') != std::string_view::npos;
    return size_ + 1 == bytes_max_ && added.back() != '\r';
}

void GatheredCommand::grow(size_t capacity) {
    capacity = std::min(capacity, bytes_max_);
    auto memory = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
    moved_ += size_;
    memory_ = std::move(memory);
    capacity_ = capacity;
}

}  // namespace midge
