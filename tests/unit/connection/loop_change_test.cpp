// What all event loops go by changes at one moment.
#include "connection/loop_change.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "connection/connection_counts.h"
#include "unit/broker/line_logger.h"

namespace midge {
namespace {

constexpr size_t loop_count = 3;
constexpr std::chrono::seconds patience{20};

class LoopChange : public testing::Test {
  protected:
    void SetUp() override {
        for (unsigned i = 0; i < loop_count; ++i) {
            loops_.push_back(std::make_unique<EventLoop>(i, loop_count, counts_, log_,
                                                         std::move(*make_poller(""))));
            loops_.back()->start(std::make_shared<Settings>());
        }
    }
    void TearDown() override {
        for (const auto& loop : loops_) loop->stop();
    }
    // When each loop has run what was posted so far.
    void wait_for_turns() {
        const auto turned = std::make_shared<std::promise<void>>();
        ask_loops(
            loops_, [](EventLoop&) {}, [turned] { turned->set_value(); });
        ASSERT_EQ(turned->get_future().wait_for(patience), std::future_status::ready);
    }

    test::LineLogger log_;
    ConnectionCounts counts_{log_};
    EventLoops loops_;
    std::atomic<bool> over_ = false;
};

TEST_F(LoopChange, no_loop_runs_while_it_is_made_or_before_all_have_adapted) {
    int value = 0;  // not atomic, and without a lock
    std::atomic<size_t> running = 0, adapted = loop_count;
    std::atomic<int> reads = 0;
    std::function<void(EventLoop&)> read = [&](EventLoop& loop) {
        if (over_) return;
        ++running;
        EXPECT_EQ(adapted, loop_count) << "another loop goes by the old state";
        reads += value >= 0 ? 1 : 0;
        --running;
        loop.post([&] { read(loop); });
    };
    for (const auto& loop : loops_) loop->post([&, &loop = *loop] { read(loop); });
    for (int i = 1; i <= 50; ++i) {
        const auto changed = change_together(
            loops_, patience,
            [&] {
                EXPECT_EQ(running, 0U);
                value = i;
                adapted = 0;
            },
            [&](EventLoop& loop) {
                EXPECT_TRUE(loop.reactor().on_own_thread());
                EXPECT_EQ(value, i);
                ++adapted;
            });
        ASSERT_TRUE(changed) << changed.error().text;
        EXPECT_EQ(adapted, loop_count);
    }
    over_ = true;
    for (int i = 0; i < 2; ++i) wait_for_turns();  // also of what a last task has posted
    EXPECT_GT(reads, 0);
}

TEST_F(LoopChange, fails_and_changes_nothing_while_a_loop_hangs) {
    std::promise<void> hangs, release;
    loops_[1]->post([&, released = release.get_future().share()] {
        hangs.set_value();
        released.wait();
    });
    hangs.get_future().wait();
    int changes = 0;
    std::atomic<size_t> adapted = 0;
    const auto change = [&](std::chrono::milliseconds limit) {
        return change_together(
            loops_, limit, [&] { ++changes; }, [&](EventLoop&) { ++adapted; });
    };
    const auto refused = change(std::chrono::milliseconds(20));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "an event loop was busy for 20ms");
    EXPECT_EQ(changes, 0);
    for (const size_t other : {0, 2}) {
        std::promise<void> ran;
        loops_[other]->post([&] { ran.set_value(); });
        EXPECT_EQ(ran.get_future().wait_for(patience), std::future_status::ready);
    }
    release.set_value();
    EXPECT_TRUE(change(patience));
    EXPECT_EQ(changes, 1);
    EXPECT_EQ(adapted, loop_count);
}

}  // namespace
}  // namespace midge
