#include "net/chunk_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace midge {
namespace {

std::vector<void*> take(ChunkMemory& memory, size_t count) {
    std::vector<void*> pieces;
    for (size_t i = 0; i < count; ++i) {
        pieces.push_back(memory.take());
        std::memset(pieces.back(), static_cast<int>(i), ChunkMemory::piece_bytes);
    }
    return pieces;
}

TEST(ChunkMemory, hands_out_whole_pieces_that_do_not_overlap) {
    ChunkMemory memory;
    const auto pieces = take(memory, 3 * ChunkMemory::pieces_per_block);
    EXPECT_EQ(memory.blocks(), 3U);
    std::set<uintptr_t> addresses;
    for (size_t i = 0; i < pieces.size(); ++i) {
        const auto* bytes = static_cast<const unsigned char*>(pieces[i]);
        EXPECT_EQ(bytes[0], static_cast<unsigned char>(i));
        EXPECT_EQ(bytes[ChunkMemory::piece_bytes - 1], static_cast<unsigned char>(i));
        addresses.insert(reinterpret_cast<uintptr_t>(pieces[i]));
    }
    EXPECT_EQ(addresses.size(), pieces.size());
    for (void* piece : pieces) memory.give_back(piece);
}

TEST(ChunkMemory, uses_again_what_came_back_before_it_maps_more) {
    ChunkMemory memory;
    auto pieces = take(memory, 2 * ChunkMemory::pieces_per_block);
    // One piece of each block.
    memory.give_back(pieces.front());
    memory.give_back(pieces.back());
    pieces.front() = memory.take();
    pieces.back() = memory.take();
    EXPECT_EQ(memory.blocks(), 2U);
    for (void* piece : pieces) memory.give_back(piece);
}

TEST(ChunkMemory, gives_all_but_some_unused_blocks_back) {
    ChunkMemory memory;
    constexpr size_t blocks = 2 * ChunkMemory::unused_blocks_max + 3;
    for (int round = 0; round < 3; ++round) {
        const auto pieces = take(memory, blocks * ChunkMemory::pieces_per_block);
        EXPECT_EQ(memory.blocks(), blocks);
        for (void* piece : pieces) memory.give_back(piece);
        EXPECT_EQ(memory.blocks(), ChunkMemory::unused_blocks_max);
    }
}

TEST(ChunkMemory, takes_back_from_one_thread_what_another_took) {
    ChunkMemory memory;
    constexpr size_t count = 1000;
    for (int round = 0; round < 5; ++round) {
        std::vector<void*> pieces = take(memory, count);
        std::thread other([&] {
            for (size_t i = 0; i < count / 2; ++i) memory.give_back(pieces[i]);
        });
        for (size_t i = count / 2; i < count; ++i) memory.give_back(pieces[i]);
        other.join();
    }
    EXPECT_LE(memory.blocks(), ChunkMemory::unused_blocks_max);
}

}  // namespace
}  // namespace midge
