#include "base/work_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace midge {
namespace {

using ::testing::ElementsAre;

constexpr std::chrono::milliseconds at_once{0};
constexpr std::chrono::minutes patience{1};

// A queue of one thread, which is busy with an item of its own until release().
class WorkQueueTest : public testing::Test {
  protected:
    using Queue = WorkQueue<std::string>;

    void start(WorkLimits<std::string> limits) {
        queue_ = std::make_unique<Queue>(1, limits, [this](Queue::Batch batch) {
            if (batch.front() == "busy") {
                busy_.set_value();
                released_.get_future().wait();
                return;
            }
            batches_.emplace_back(batch.begin(), batch.end());
        });
        EXPECT_TRUE(push("busy"));
        busy_.get_future().wait();
    }
    bool push(std::string item) { return queue_->push(item); }
    void release() { released_.set_value(); }

    std::promise<void> busy_, released_;
    std::vector<std::vector<std::string>> batches_;  // the thread's
    std::unique_ptr<Queue> queue_;
};

TEST_F(WorkQueueTest, hands_over_all_that_waits_in_its_order) {
    start({});
    for (const char* item : {"a", "b", "c"}) EXPECT_TRUE(push(item));
    EXPECT_EQ(queue_->waiting(), 3U);
    release();
    EXPECT_TRUE(queue_->wait_until_done(patience));
    EXPECT_THAT(batches_, ElementsAre(ElementsAre("a", "b", "c")));
}

TEST_F(WorkQueueTest, hands_over_no_more_than_a_batch) {
    start({.batch_max = 2});
    for (const char* item : {"a", "b", "c", "d", "e"}) EXPECT_TRUE(push(item));
    release();
    EXPECT_TRUE(queue_->wait_until_done(patience));
    EXPECT_THAT(batches_,
                ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d"), ElementsAre("e")));
}

TEST_F(WorkQueueTest, refuses_and_leaves_alone_what_is_over_its_limit_of_items) {
    start({.items_max = 2});
    EXPECT_TRUE(push("a"));
    EXPECT_TRUE(push("b"));
    std::string refused = "c";
    EXPECT_FALSE(queue_->push(refused));
    EXPECT_EQ(refused, "c");
    release();
    EXPECT_TRUE(queue_->wait_until_done(patience));
    EXPECT_TRUE(queue_->push(refused));
}

TEST_F(WorkQueueTest, counts_the_bytes_of_what_waits_and_not_of_what_is_taken_or_dropped) {
    start({.bytes_max = 8,
           .bytes_of = [](const std::string& item) { return item.size(); },
           .batch_max = 1});
    EXPECT_TRUE(push("12345"));
    EXPECT_FALSE(push("1234"));
    EXPECT_TRUE(push("123"));
    EXPECT_FALSE(push("1"));
    queue_->drop_if([](const std::string& item) { return item == "12345"; });
    EXPECT_EQ(queue_->waiting(), 1U);
    EXPECT_TRUE(push("54321"));
    EXPECT_FALSE(push("1"));
    release();
    queue_->stop(true);
    EXPECT_THAT(batches_, ElementsAre(ElementsAre("123"), ElementsAre("54321")));
}

TEST_F(WorkQueueTest, has_room_again_for_as_many_bytes_as_were_taken) {
    start({.bytes_max = 8, .bytes_of = [](const std::string& item) { return item.size(); }});
    EXPECT_FALSE(push("123456789"));
    EXPECT_TRUE(push("12345678"));
    EXPECT_FALSE(push("1"));
    release();
    EXPECT_TRUE(queue_->wait_until_done(patience));
    EXPECT_TRUE(push("12345678"));
}

TEST_F(WorkQueueTest, waits_until_the_work_is_done_and_not_only_taken) {
    start({});
    EXPECT_EQ(queue_->waiting(), 0U);
    EXPECT_FALSE(queue_->wait_until_done(at_once));
    release();
    EXPECT_TRUE(queue_->wait_until_done(patience));
}

TEST_F(WorkQueueTest, stop_works_on_the_rest_or_drops_it) {
    for (const bool finish : {true, false}) {
        busy_ = {};
        released_ = {};
        batches_ = {};
        start({});
        EXPECT_TRUE(push("rest"));
        auto stopped = std::async(std::launch::async, [&] { queue_->stop(finish); });
        while (push("late"))
            queue_->drop_if([](const std::string& item) { return item == "late"; });
        release();
        stopped.get();
        EXPECT_EQ(batches_.size(), finish ? 1U : 0U);
        queue_->stop();
    }
}

TEST(WorkQueue, does_not_let_its_own_thread_wait_for_itself) {
    std::promise<bool> waited;
    WorkQueue<int>* self = nullptr;
    WorkQueue<int> queue(1, 1, [&](int) { waited.set_value(self->wait_until_done(patience)); });
    self = &queue;
    int item = 1;
    EXPECT_TRUE(queue.push(item));
    EXPECT_FALSE(waited.get_future().get());
}

TEST(WorkQueue, works_on_items_at_the_same_time_when_it_has_several_threads) {
    std::promise<void> first;
    std::promise<void> both;
    WorkQueue<int> queue(2, 2, [&](int item) {
        if (item == 1) {
            first.set_value();
            both.get_future().wait();
        } else {
            first.get_future().wait();
            both.set_value();
        }
    });
    for (int item : {1, 2}) EXPECT_TRUE(queue.push(item));
    queue.stop(true);
}

}  // namespace
}  // namespace midge
