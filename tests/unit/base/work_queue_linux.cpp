// What ends a process is seen from another one, which only some systems can fork.
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/work_queue.h"

namespace midge {
namespace {

TEST(WorkQueueDeathTest, an_exception_of_the_work_ends_the_process) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto throw_on_a_thread = [] {
        WorkQueue<int> queue(1, 1, [](int) { throw std::runtime_error("no such item"); });
        int item = 1;
        (void)queue.push(item);
        queue.stop(true);
    };
    EXPECT_DEATH(throw_on_a_thread(), "no such item");
}

}  // namespace
}  // namespace midge
