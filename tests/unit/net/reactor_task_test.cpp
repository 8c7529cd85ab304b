#include <algorithm>
#include <future>
#include <thread>

#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

using std::chrono::milliseconds;

class ReactorTasks : public ReactorTest {
  protected:
    std::vector<int> seen;
};
INSTANTIATE_TEST_SUITE_P(Pollers, ReactorTasks, poller_names(), poller_name);

TEST_P(ReactorTasks, run_in_the_order_of_posting) {
    for (int i = 0; i < 5; ++i) reactor.post([this, i] { seen.push_back(i); });
    run_one_turn();
    EXPECT_EQ(seen, (std::vector{0, 1, 2, 3, 4}));
}

TEST_P(ReactorTasks, posted_by_many_threads_all_run_each_thread_in_its_order) {
    constexpr int threads = 4;
    constexpr int per_thread = 2000;
    std::vector<std::vector<int>> of_thread(threads);
    int left = threads * per_thread;
    std::vector<std::thread> posters;
    for (int t = 0; t < threads; ++t) {
        posters.emplace_back([&, t] {
            for (int i = 0; i < per_thread; ++i) {
                reactor.post([&, t, i] {
                    of_thread[static_cast<size_t>(t)].push_back(i);
                    if (--left == 0) reactor.stop();
                });
            }
        });
    }
    run();
    for (std::thread& each : posters) each.join();
    for (const auto& numbers : of_thread) {
        ASSERT_EQ(numbers.size(), size_t{per_thread});
        EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    }
}

TEST_P(ReactorTasks, posted_one_at_a_time_wake_a_sleeping_loop) {
    constexpr int rounds = 100;  // each takes 16 ms on a busy machine under Wine
    int ran = 0;
    std::thread poster([&] {
        // Not by std::atomic::wait(), which can miss a notification on Windows (libstdc++ 12).
        for (int i = 0; i < rounds; ++i) {
            std::promise<void> done;
            reactor.post([&] {
                ++ran;
                done.set_value();
            });
            if (done.get_future().wait_for(deadline) != std::future_status::ready) break;
        }
        reactor.stop();
    });
    run();
    poster.join();
    EXPECT_EQ(ran, rounds);
}

TEST_P(ReactorTasks, posted_by_a_task_run_in_a_later_turn) {
    bool turn_ended = false;
    reactor.post([&] {
        reactor.at_turn_end([&] { turn_ended = true; });
        reactor.post([&] {
            EXPECT_TRUE(turn_ended);
            reactor.stop();
        });
    });
    run();
    EXPECT_TRUE(turn_ended);
}

TEST(ReactorPost, wakes_only_a_loop_that_may_be_asleep) {
    ScriptedPoller::Record record;
    Reactor reactor(std::make_unique<ScriptedPoller>(record));
    reactor.post([&] {
        for (int i = 0; i < 10; ++i) reactor.post([] {});
        reactor.stop();
    });
    reactor.run();
    EXPECT_EQ(record.waits, 2);
    EXPECT_EQ(record.wakes, 0);
}

TEST_P(ReactorTasks, posted_before_a_stop_run_before_it_takes_effect) {
    std::thread other([this] {
        for (int i = 0; i < 3; ++i) reactor.post([this, i] { seen.push_back(i); });
        reactor.stop();
    });
    run();
    other.join();
    EXPECT_EQ(seen, (std::vector{0, 1, 2}));
}

TEST_P(ReactorTasks, can_stop_from_another_thread_again_and_again) {
    for (int i = 0; i < 50; ++i) {
        std::thread other([this] { reactor.stop(); });
        run();
        other.join();
    }
}

TEST_P(ReactorTasks, left_over_are_destroyed_with_the_reactor_while_it_can_still_end_watches) {
    SocketPairs pairs;
    const SocketPair pair = pairs.make();
    Handler handler;
    auto gone = std::make_shared<bool>(false);
    {
        Reactor mortal(make_poller(GetParam()).value());
        const auto owner = std::shared_ptr<Watch>(
            new Watch(mortal.watch(pair.ours.get(), handler, Interest::read).value()),
            [gone](Watch* watch) {
                delete watch;
                *gone = true;
            });
        mortal.post([owner] { FAIL() << "the loop never ran"; });
        mortal.after(milliseconds(0), [owner] { FAIL() << "the loop never ran"; });
        mortal.at_turn_end([owner] { FAIL() << "the loop never ran"; });
    }
    EXPECT_TRUE(*gone);
}

TEST_P(ReactorTasks, know_whether_they_are_on_the_loops_thread) {
    EXPECT_TRUE(reactor.on_own_thread());
    std::thread loop([this] { reactor.run(); });
    reactor.post([this] { EXPECT_TRUE(reactor.on_own_thread()); });
    std::promise<void> running;
    reactor.post([&] { running.set_value(); });
    running.get_future().wait();
    EXPECT_FALSE(reactor.on_own_thread());
    reactor.stop();
    loop.join();
    EXPECT_TRUE(reactor.on_own_thread()) << "it is back with its maker";
}

TEST_P(ReactorTasks, timers_run_in_the_order_of_their_times_and_then_of_setting) {
    reactor.after(milliseconds(20), [this] { seen.push_back(3); });
    reactor.after(milliseconds(1), [this] { seen.push_back(1); });
    reactor.after(milliseconds(-5), [this] { seen.push_back(0); });
    reactor.after(milliseconds(10), [this] { seen.push_back(2); });
    reactor.after(milliseconds(30), [this] { reactor.stop(); });
    run();
    EXPECT_EQ(seen, (std::vector{0, 1, 2, 3}));
}

TEST_P(ReactorTasks, timers_do_not_run_early) {
    const auto start = Reactor::Clock::now();
    reactor.after(milliseconds(25), [this] { reactor.stop(); });
    run();
    EXPECT_GE(Reactor::Clock::now() - start, milliseconds(25));
}

TEST_P(ReactorTasks, timers_can_be_cancelled_also_by_a_timer_that_is_due_with_them) {
    TimerId victims[2] = {no_timer, no_timer};
    for (const size_t i : {0, 1}) {
        victims[i] = reactor.after(milliseconds(1), [this, i, &victims] {
            seen.push_back(static_cast<int>(i));
            reactor.cancel(victims[1 - i]);
            reactor.cancel(victims[i]);  // it is running, so that this has no effect
            reactor.after(milliseconds(5), [this] { reactor.stop(); });
        });
    }
    const TimerId gone = reactor.after(milliseconds(0), [] { FAIL() << "it was cancelled"; });
    reactor.cancel(gone);
    reactor.cancel(gone);
    reactor.cancel(no_timer);
    // Both are due when the loop first checks.
    while (Reactor::Clock::now() < reactor.now() + milliseconds(10)) std::this_thread::yield();
    run();
    EXPECT_EQ(seen, std::vector{0});
}

TEST_P(ReactorTasks, a_cancelled_timers_task_may_cancel_another_when_it_is_destroyed) {
    const TimerId second = reactor.after(milliseconds(0), [] { FAIL() << "it was cancelled"; });
    std::shared_ptr<void> at_destruction(nullptr,
                                         [this, second](void*) { reactor.cancel(second); });
    const TimerId first = reactor.after(milliseconds(0), [owned = std::move(at_destruction)] {});
    reactor.cancel(first);
    run_one_turn();
}

TEST_P(ReactorTasks, a_timer_that_sets_itself_again_at_once_does_not_hold_the_loop) {
    int times = 0;
    Task again = [&] {
        reactor.after(milliseconds(0), again);
        if (++times == 10) reactor.stop();
    };
    reactor.after(milliseconds(0), again);
    run();
    EXPECT_EQ(times, 10);
}

TEST_P(ReactorTasks, a_delay_without_bound_does_not_overflow) {
    reactor.cancel(reactor.after(milliseconds::max(), [] { FAIL() << "not in a year"; }));
    reactor.after(milliseconds::max(), [] { FAIL() << "not in a year"; });
    run_one_turn();
}

TEST_P(ReactorTasks, at_turn_end_run_after_sockets_timers_and_posted_tasks) {
    SocketPairs pairs;
    SocketPair pair = pairs.make();
    Handler handler;
    const Watch watched = reactor.watch(pair.ours.get(), handler, Interest::write).value();
    bool called = false;
    handler.writable = [&] {
        if (std::exchange(called, true)) return;
        seen.push_back(1);
        reactor.at_turn_end([this] { seen.push_back(4); });
        reactor.after(milliseconds(0), [this] { seen.push_back(5); });
    };
    reactor.after(milliseconds(0), [this] { seen.push_back(2); });
    reactor.post([this] { seen.push_back(3); });
    run_one_turn();
    reactor.after(milliseconds(1), [this] { reactor.stop(); });
    run();
    EXPECT_EQ(seen, (std::vector{1, 2, 3, 4, 5}));
}

TEST_P(ReactorTasks, at_turn_end_run_in_the_same_turn_when_added_by_another_of_them) {
    reactor.at_turn_end([this] {
        seen.push_back(1);
        for (int i = 2; i < 50; ++i) {
            reactor.at_turn_end([this, i] { seen.push_back(i); });
        }
        reactor.post([this] { seen.push_back(50); });
    });
    run_one_turn();
    ASSERT_EQ(seen.size(), 50U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST(ReactorTurnEnd, added_before_the_loop_runs_comes_before_its_first_wait) {
    ScriptedPoller::Record record;
    Reactor reactor(std::make_unique<ScriptedPoller>(record));
    int waits = -1;
    reactor.at_turn_end([&] { waits = record.waits; });
    reactor.stop();
    reactor.run();
    EXPECT_EQ(waits, 0);
}

// Pollers do not count the time in which the machine sleeps, so no wait may be long.
TEST(ReactorTimers, come_when_the_time_is_there_though_the_machine_has_slept) {
    ScriptedPoller::Record record;
    ClockShift clock;
    Reactor reactor(std::make_unique<ScriptedPoller>(record));
    record.on_wait = [&reactor] { reactor.stop(); };
    bool ran = false;
    reactor.run();
    EXPECT_LT(record.timeout, milliseconds::zero()) << "nothing to wait for";
    reactor.after(std::chrono::hours(1), [&ran] { ran = true; });
    reactor.run();
    EXPECT_FALSE(ran);
    EXPECT_GT(record.timeout, milliseconds::zero());
    EXPECT_LE(record.timeout, Reactor::wait_max);
    clock.advance(std::chrono::hours(1));
    reactor.run();
    EXPECT_TRUE(ran);
}

}  // namespace
}  // namespace midge::net_test
