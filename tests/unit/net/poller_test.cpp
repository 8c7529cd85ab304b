#include "net/poller.h"

#include <algorithm>
#include <thread>

#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

using std::chrono::milliseconds;

class PollerTest : public testing::TestWithParam<const char*> {
  protected:
    // Waits until `id` is reported; returns an empty result after a second.
    Readiness wait_for(uint64_t id) {
        std::vector<Readiness> ready;
        poller->wait(milliseconds(1000), ready);
        const auto found = std::find_if(ready.begin(), ready.end(),
                                        [id](const Readiness& each) { return each.id == id; });
        return found == ready.end() ? Readiness{} : *found;
    }
    bool silent() {
        std::vector<Readiness> ready;
        poller->wait(milliseconds(20), ready);
        return ready.empty();
    }

    SocketPairs pairs;
    std::unique_ptr<Poller> poller = make_poller(GetParam()).value();
};
INSTANTIATE_TEST_SUITE_P(Pollers, PollerTest, poller_names(), poller_name);

TEST_P(PollerTest, knows_its_name) {
    EXPECT_EQ(poller->name(), GetParam());
}

TEST(MakePoller, takes_the_systems_best_when_nothing_is_asked_for) {
    EXPECT_EQ(make_poller("").value()->name(), system_pollers().front());
}

TEST_P(PollerTest, reports_what_was_asked_for_under_the_given_id) {
    const SocketPair pair = pairs.make();
    ASSERT_TRUE(poller->set(pair.ours.get(), 7, Interest::write));
    EXPECT_TRUE(wait_for(7).writable);
    ASSERT_TRUE(poller->set(pair.ours.get(), 8, Interest::read));
    EXPECT_TRUE(silent());
    SocketPair talking = pairs.make();
    ASSERT_TRUE(poller->set(talking.ours.get(), 9, Interest::read));
    talking.theirs.sendBytes("x", 1);
    const Readiness ready = wait_for(9);
    EXPECT_TRUE(ready.readable);
    EXPECT_FALSE(ready.writable);
    poller->remove(talking.ours.get());
    poller->remove(pair.ours.get());
}

TEST_P(PollerTest, reports_again_what_was_not_taken) {
    SocketPair pair = pairs.make();
    ASSERT_TRUE(poller->set(pair.ours.get(), 1, Interest::read));
    pair.theirs.sendBytes("x", 1);
    EXPECT_TRUE(wait_for(1).readable);
    EXPECT_TRUE(wait_for(1).readable);
    EXPECT_EQ(read_all(pair.ours.get()), "x");
    EXPECT_TRUE(silent());
    poller->remove(pair.ours.get());
}

TEST_P(PollerTest, reports_nothing_of_a_socket_without_interest_even_when_its_peer_is_gone) {
    SocketPair pair = pairs.make();
    ASSERT_TRUE(poller->set(pair.ours.get(), 1, Interest::both));
    ASSERT_TRUE(poller->set(pair.ours.get(), 1, Interest::none));
    pair.theirs.setLinger(true, 0);
    pair.theirs.close();
    EXPECT_TRUE(silent());
    ASSERT_TRUE(poller->set(pair.ours.get(), 2, Interest::read));
    EXPECT_TRUE(wait_for(2).readable);
    poller->remove(pair.ours.get());
}

TEST_P(PollerTest, reports_a_reset_to_who_only_writes) {
    SocketPair pair = pairs.make();
    ASSERT_TRUE(poller->set(pair.ours.get(), 1, Interest::write));
    pair.theirs.setLinger(true, 0);
    pair.theirs.close();
    EXPECT_TRUE(wait_for(1).writable);
    poller->remove(pair.ours.get());
}

TEST_P(PollerTest, forgets_a_removed_socket_so_that_its_number_can_come_again) {
    SocketPair first = pairs.make();
    const SocketHandle number = first.ours.get();
    ASSERT_TRUE(poller->set(number, 1, Interest::read));
    poller->remove(number);
    poller->remove(number);
    socket_close(first.ours.release());
    SocketPair second = pairs.make();
    ASSERT_TRUE(poller->set(second.ours.get(), 2, Interest::read));
    second.theirs.sendBytes("x", 1);
    EXPECT_TRUE(wait_for(2).readable);
    poller->remove(second.ours.get());
}

TEST_P(PollerTest, wakes_the_next_wait_when_none_is_running) {
    std::vector<Readiness> ready;
    poller->wake();
    poller->wake();
    poller->wait(milliseconds(-1), ready);
    EXPECT_TRUE(ready.empty());
    poller->wake();
    poller->wait(milliseconds(-1), ready);
    EXPECT_TRUE(ready.empty());
}

TEST_P(PollerTest, wakes_from_another_thread) {
    for (int i = 0; i < 100; ++i) {
        std::thread other([this] { poller->wake(); });
        std::vector<Readiness> ready;
        poller->wait(milliseconds(-1), ready);
        other.join();
        EXPECT_TRUE(ready.empty());
    }
}

TEST_P(PollerTest, waits_no_shorter_than_the_timeout) {
    std::vector<Readiness> ready;
    const auto start = std::chrono::steady_clock::now();
    poller->wait(milliseconds(30), ready);
    EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(29));
    poller->wait(milliseconds(0), ready);
    EXPECT_TRUE(ready.empty());
}

}  // namespace
}  // namespace midge::net_test
