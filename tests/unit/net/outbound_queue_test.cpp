#include "net/outbound_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "net/shared_block.h"

namespace midge {
namespace {

size_t allowed(const OutboundQueue& queue) {
    return 2 * queue.bytes() + queue.bytes() / 8 + OutboundQueue::held_slack_bytes;
}

std::string text_of(int number, size_t size) {
    std::string text = std::to_string(number) + ":";
    text.resize(size, static_cast<char>('a' + number % 26));
    return text;
}

// The bytes that one loop stages for the queue in a turn.
class Stage {
  public:
    void copy(std::string_view bytes) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min<size_t>(bytes.size(), 5000))) {
            const std::string_view part = bytes.substr(0, 5000);
            if (chunks_.tail == nullptr || chunks_.tail->room() < part.size())
                chunks_.push(pool_.take());
            Chunk& tail = *chunks_.tail;
            std::ranges::copy(part, tail.own_memory() + tail.size);
            tail.size += static_cast<uint32_t>(part.size());
            chunks_.bytes += part.size();
        }
    }
    void share(std::string_view bytes) {
        chunks_.push(make_shared_chunk(make_ref<const SharedBytes>(std::string(bytes))));
    }
    // Returns the place of the bytes.
    const char* refer(std::string_view bytes) {
        writer_.make_room(bytes.size());
        const std::string_view written = writer_.write({&bytes, 1}).bytes;
        Chunk* chunk = chunks_.tail;
        const bool fits = chunk != nullptr && chunk->references > 0 &&
                          chunk->references < ChunkPool::references_max &&
                          chunk->shared.get() == writer_.block().get();
        if (!fits) {
            chunk = pool_.take();
            make_referring(*chunk, writer_.block(), SharedBlock::memory_bytes);
            chunks_.push(chunk);
        }
        chunk->refer_to(written);
        chunks_.bytes += written.size();
        return written.data();
    }
    // Uses this much of the block for other connections.
    void use_up(size_t bytes) {
        const std::string others(bytes, 'o');
        const std::string_view view = others;
        writer_.make_room(bytes);
        (void)writer_.write({&view, 1});
    }
    void commit(OutboundQueue& queue) {
        ChunkList unused;
        queue.take(chunks_, unused);
        pool_.give_back(unused);
    }

  private:
    ChunkPool pool_;
    SharedBytesWriter writer_;
    ChunkList chunks_;
};

std::string take_off(OutboundQueue& queue, size_t count) {
    std::string taken;
    while (taken.size() < count && !queue.empty()) {
        std::array<IoSlice, io_slices_max> slices;
        size_t offered = 0;
        const size_t used = queue.gather(slices, offered);
        const size_t before = taken.size();
        for (size_t i = 0; i < used; ++i)
            taken.append(static_cast<const char*>(slices[i].data), slices[i].size);
        if (taken.size() > count) taken.resize(count);
        queue.consume(taken.size() - before);
    }
    queue.settle();
    return taken;
}

TEST(OutboundQueueTest, short_messages_of_many_turns_share_memory) {
    OutboundQueue queue;
    Stage stage;
    std::string expected;
    for (int i = 0; i < 30'000; ++i) {
        const std::string text = text_of(i, 30);
        stage.copy(text);
        stage.commit(queue);
        expected += text;
    }
    EXPECT_EQ(queue.bytes(), expected.size());
    EXPECT_LE(queue.held_bytes(), allowed(queue));
    EXPECT_EQ(take_off(queue, expected.size()), expected);
    EXPECT_EQ(queue.held_bytes(), 0U);
}

TEST(OutboundQueueTest, few_bytes_do_not_keep_the_blocks_of_others) {
    OutboundQueue queue;
    Stage stage;
    std::string expected;
    for (int i = 0; i < 300; ++i) {
        const std::string text = text_of(i, 200);
        stage.refer(text);
        stage.use_up(SharedBlock::memory_bytes - 1000);
        stage.commit(queue);
        expected += text;
        ASSERT_LE(queue.held_bytes(), allowed(queue)) << "after " << i;
    }
    EXPECT_EQ(take_off(queue, expected.size()), expected);
}

TEST(OutboundQueueTest, the_last_bytes_of_a_large_message_do_not_keep_all_of_it) {
    OutboundQueue queue;
    Stage stage;
    const std::string text = text_of(1, 8'000'000);
    stage.share(text);
    stage.commit(queue);
    EXPECT_EQ(take_off(queue, text.size() - 10), text.substr(0, text.size() - 10));
    EXPECT_LE(queue.held_bytes(), allowed(queue));
    EXPECT_EQ(take_off(queue, 10), text.substr(text.size() - 10));
}

// Many stuck receivers together should need the memory of one copy.
TEST(OutboundQueueTest, blocks_that_are_mostly_for_it_stay_shared) {
    OutboundQueue queue;
    std::array<Stage, 3> stages;
    stages[0].copy(text_of(0, 1024 * 1024));
    stages[0].commit(queue);
    std::vector<const char*> places;
    constexpr size_t size = 400;
    for (size_t i = 0; i < 8000; ++i) {
        Stage& stage = stages[i / 10 % stages.size()];
        places.push_back(stage.refer(text_of(1, size)));
        stage.commit(queue);
        ASSERT_LE(queue.held_bytes(), allowed(queue)) << "after " << i;
    }
    std::array<IoSlice, 100> slices;
    (void)take_off(queue, queue.bytes() - size * places.size() / 2);
    size_t offered = 0;
    ASSERT_EQ(queue.gather(slices, offered), slices.size());
    for (size_t i = 0; i < slices.size(); ++i)
        ASSERT_EQ(slices[i].data, places[places.size() / 2 + i]);
}

// Random operations in random order.
TEST(OutboundQueueTest, keeps_all_bytes_in_order_in_at_most_twice_their_memory) {
    std::minstd_rand random(5);
    const auto below = [&](size_t end) { return random() % end; };
    for (int round = 0; round < 8; ++round) {
        OutboundQueue queue;
        std::array<Stage, 6> stages;  // more than the number of remembered blocks
        const size_t lanes = 1 + below(stages.size());
        std::string expected;
        for (int i = 0; i < 1000; ++i) {
            Stage& stage = stages[below(lanes)];
            for (size_t n = 1 + below(3); n > 0; --n) {
                const size_t kind = below(8);
                const std::string text = text_of(i, 10 + below(kind == 0   ? 60'000
                                                               : kind == 1 ? 9000
                                                                           : 300));
                if (kind == 0) {
                    stage.share(text);
                } else if (kind < 4 && round % 2 == 0) {
                    stage.refer(text);
                    if (below(10) == 0) stage.use_up(below(SharedBlock::memory_bytes));
                } else {
                    stage.copy(text);
                }
                expected += text;
            }
            stage.commit(queue);
            ASSERT_LE(queue.held_bytes(), allowed(queue)) << round << ": after " << i;
            if (below(round % 3 == 0 ? 4 : 400) != 0) continue;
            const size_t count = below(1 + std::min<size_t>(2 * queue.bytes(), 3'000'000));
            const std::string taken = take_off(queue, count);
            ASSERT_EQ(taken, expected.substr(0, std::min(count, expected.size())));
            expected.erase(0, taken.size());
            ASSERT_LE(queue.held_bytes(), allowed(queue)) << round << ": after " << i;
        }
        ASSERT_EQ(queue.bytes(), expected.size());
        ASSERT_EQ(take_off(queue, expected.size()), expected);
        EXPECT_EQ(queue.held_bytes(), 0U);
    }
}

}  // namespace
}  // namespace midge
