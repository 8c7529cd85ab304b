#include "net/shared_block.h"

#include <cstring>

namespace midge {

SharedBlock::SharedBlock() : memory_(static_cast<char*>(take_shared_memory())) {}

SharedBlock::~SharedBlock() {
    give_shared_memory(memory_);
}

std::string_view SharedBlock::append(std::span<const std::string_view> pieces) noexcept {
    char* const start = memory_ + used_;
    char* at = start;
    for (const std::string_view piece : pieces) {
        std::memcpy(at, piece.data(), piece.size());
        at += piece.size();
    }
    used_ += static_cast<size_t>(at - start);
    assert(used_ <= memory_bytes);
    return {start, static_cast<size_t>(at - start)};
}

void SharedBytesWriter::make_room(size_t size) {
    if (block_ && block_->room() >= size) return;
    block_ = make_ref<SharedBlock>();
    ++number_;
}

}  // namespace midge
