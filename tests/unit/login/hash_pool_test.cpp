#include "login/hash_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "base/clock.h"

namespace midge {
namespace {

// A pool with one thread, which is busy until release().
class HashPoolTest : public testing::Test {
  protected:
    HashPoolTest() {
        EXPECT_TRUE(pool_.post(nullptr, [this] {
            busy_.set_value();
            released_.get_future().wait();
        }));
        busy_.get_future().wait();
    }
    void post(char name, Waiting waiting = nullptr) {
        ASSERT_TRUE(pool_.post(std::move(waiting), [this, name] {
            ran_ += name;
            if (ran_.size() == awaited_) all_ran_.set_value();
        }));
    }
    // Returns the tasks in the order in which they ran, after `count` have run.
    std::string release(size_t count) {
        awaited_ = count;
        released_.set_value();
        all_ran_.get_future().wait();
        pool_.stop();
        return ran_;
    }
    std::promise<void> busy_, released_, all_ran_;
    std::string ran_;
    size_t awaited_ = 0;
    HashPool pool_{1};
};

TEST_F(HashPoolTest, takes_tasks_in_their_order) {
    for (const char name : {'a', 'b', 'c'}) post(name);
    EXPECT_EQ(release(3), "abc");
}

TEST_F(HashPoolTest, drops_what_nobody_waits_for_any_more) {
    const auto gone = std::make_shared<std::atomic<bool>>(true);
    post('a');
    post('b', gone);
    post('c', std::make_shared<std::atomic<bool>>(true));
    *gone = false;
    EXPECT_EQ(release(2), "ac");
}

TEST_F(HashPoolTest, takes_the_newest_first_when_the_oldest_waits_for_too_long) {
    for (const char name : {'a', 'b', 'c'}) post(name);
    ClockShift clock;
    clock.advance(HashPool::patience);
    EXPECT_EQ(release(3), "cba");
}

TEST_F(HashPoolTest, takes_no_more_than_its_queue_holds) {
    const auto gone = std::make_shared<std::atomic<bool>>(true);
    for (size_t i = 0; i < HashPool::queued_max; ++i) post('x', gone);
    EXPECT_FALSE(pool_.post(nullptr, [] {}));
    *gone = false;
    post('a');  // in the place of a task that has finished
    EXPECT_EQ(release(1), "a");
}

}  // namespace
}  // namespace midge
