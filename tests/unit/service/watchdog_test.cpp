#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "service_watchdog.h"
#include "unit/broker/line_logger.h"

namespace midge::test {
namespace {

using namespace std::chrono_literals;

// Answers each probe, until it is told to stay silent.
class Probed {
  public:
    void ask(std::function<void()> alive) {
        const std::lock_guard lock(mutex_);
        if (silent_) {
            kept_ = std::move(alive);
            silenced_.set_value();
        } else {
            alive();
        }
    }
    void be_silent() {
        const std::lock_guard lock(mutex_);
        silent_ = true;
    }
    void wait_until_silent() { silenced_.get_future().wait(); }
    std::function<void()> kept() {
        const std::lock_guard lock(mutex_);
        return kept_;
    }

  private:
    std::mutex mutex_;
    bool silent_ = false;
    std::function<void()> kept_;
    std::promise<void> silenced_;
};

struct Told {
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;

    void add() {
        const std::lock_guard lock(mutex);
        ++count;
        changed.notify_all();
    }
    void wait_for(int wanted) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return count >= wanted; });
    }
    int now() {
        const std::lock_guard lock(mutex);
        return count;
    }
};

TEST(ServiceWatchdog, passes_on_each_answer_and_nothing_without_one) {
    LineLogger log;
    Probed probed;
    Told told;
    ServiceWatchdog watchdog(
        20ms, [&](std::function<void()> alive) { probed.ask(std::move(alive)); },
        [&] { told.add(); }, log);
    told.wait_for(3);
    probed.be_silent();
    probed.wait_until_silent();
    const int before = told.now();
    while (log.lines().empty()) std::this_thread::yield();
    EXPECT_THAT(log.lines(), testing::HasSubstr("An event loop has not turned for 0.0 s"));
    EXPECT_EQ(told.now(), before);
    probed.kept()();
    told.wait_for(before + 1);
}

TEST(ServiceWatchdog, ends_while_an_answer_is_missing_and_ignores_it_later) {
    LineLogger log;
    Probed probed;
    Told told;
    probed.be_silent();
    {
        ServiceWatchdog watchdog(
            1h, [&](std::function<void()> alive) { probed.ask(std::move(alive)); },
            [&] { told.add(); }, log);
        probed.wait_until_silent();
    }
    probed.kept()();
    EXPECT_EQ(told.now(), 0);
}

}  // namespace
}  // namespace midge::test
