#include <deque>
#include <set>

#include "unit/net/net_support.h"

namespace midge::net_test {
namespace {

class ReactorIo : public ReactorTest {
  protected:
    Watch watch(const SocketPair& pair, Handler& handler, Interest interest = Interest::read) {
        return reactor.watch(pair.ours.get(), handler, interest).value();
    }
    SocketPairs pairs;
};
INSTANTIATE_TEST_SUITE_P(Pollers, ReactorIo, poller_names(), poller_name);

TEST_P(ReactorIo, calls_back_until_everything_is_read) {
    SocketPair pair = pairs.make();
    Handler handler;
    std::string text;
    const Watch watched = watch(pair, handler);
    handler.readable = [&] {
        char byte = 0;
        ASSERT_EQ(socket_read(pair.ours.get(), &byte, 1).kind, IoResult::Kind::done);
        text += byte;
        if (text.size() == 5) reactor.stop();
    };
    pair.theirs.sendBytes("hello", 5);
    run();
    EXPECT_EQ(text, "hello");
    handler.readable = [] { FAIL() << "nothing is left"; };
    run_one_turn();
}

TEST_P(ReactorIo, is_silent_after_a_handler_ended_its_own_watch) {
    SocketPair pair = pairs.make();
    auto handler = std::make_unique<Handler>();
    int calls = 0;
    Watch watched = watch(pair, *handler, Interest::both);
    // Its last action is to destroy everything, including the running function.
    handler->readable = [&] {
        ++calls;
        watched = Watch();
        handler.reset();
    };
    handler->writable = [&] { ++calls; };
    pair.theirs.sendBytes("x", 1);
    while (handler != nullptr) {
        calls = 0;
        run_one_turn();
    }
    EXPECT_EQ(calls, 1) << "writable came after the watch was gone";
    run_one_turn();
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(watched);
}

TEST_P(ReactorIo, is_silent_after_another_handler_of_the_same_batch_ended_the_watch) {
    SocketPair pair[2] = {pairs.make(), pairs.make()};
    Handler handler[2];
    Watch watched[2] = {watch(pair[0], handler[0]), watch(pair[1], handler[1])};
    int calls = 0;
    for (const size_t i : {0, 1}) {
        handler[i].readable = [&, i] {
            ++calls;
            watched[1 - i] = Watch();
        };
        pair[i].theirs.sendBytes("x", 1);
    }
    run_one_turn();
    EXPECT_EQ(calls, 1);
}

TEST_P(ReactorIo, does_not_give_the_readiness_of_a_gone_watch_to_a_new_one_in_its_place) {
    SocketPair pair[2] = {pairs.make(), pairs.make()};
    const SocketPair quiet = pairs.make();
    Handler handler[2];
    Handler quiet_handler;
    quiet_handler.readable = [] { FAIL() << "nobody wrote to this socket"; };
    Watch watched[2] = {watch(pair[0], handler[0]), watch(pair[1], handler[1])};
    Watch replacement;
    for (const size_t i : {0, 1}) {
        handler[i].readable = [&, i] {
            read_all(pair[i].ours.get());
            watched[1 - i] = Watch();
            replacement = watch(quiet, quiet_handler);
        };
        pair[i].theirs.sendBytes("x", 1);
    }
    run_one_turn();
    ASSERT_TRUE(replacement) << "no handler was called";
    run_one_turn();
}

TEST_P(ReactorIo, is_silent_when_the_interest_was_taken_away_in_the_same_batch) {
    SocketPair pair[2] = {pairs.make(), pairs.make()};
    Handler handler[2];
    Watch watched[2] = {watch(pair[0], handler[0]), watch(pair[1], handler[1])};
    int calls = 0;
    for (const size_t i : {0, 1}) {
        handler[i].readable = [&, i] {
            ++calls;
            watched[1 - i].set_interest(Interest::write);
        };
        pair[i].theirs.sendBytes("x", 1);
    }
    run_one_turn();
    EXPECT_EQ(calls, 1);
}

TEST_P(ReactorIo, follows_each_change_of_interest) {
    SocketPair pair = pairs.make();
    Handler handler;
    std::string calls;
    handler.readable = [&] { calls += 'r'; };
    handler.writable = [&] { calls += 'w'; };
    Watch watched = watch(pair, handler, Interest::none);
    pair.theirs.sendBytes("x", 1);
    run_one_turn();
    EXPECT_EQ(calls, "");
    const std::pair<Interest, const char*> steps[] = {
        {Interest::write, "w"}, {Interest::both, "rw"}, {Interest::read, "r"},
        {Interest::none, ""},   {Interest::both, "rw"}, {Interest::none, ""}};
    for (const auto& [interest, expected] : steps) {
        calls.clear();
        watched.set_interest(interest);
        run_one_turn();
        EXPECT_EQ(calls, expected);
    }
}

TEST_P(ReactorIo, tells_that_the_peer_has_closed) {
    SocketPair pair = pairs.make();
    Handler handler;
    IoResult last;
    std::string text;
    const Watch watched = watch(pair, handler);
    handler.readable = [&] {
        text += read_all(pair.ours.get(), &last);
        if (last.kind == IoResult::Kind::closed) reactor.stop();
    };
    pair.theirs.sendBytes("bye", 3);
    pair.theirs.close();
    run();
    EXPECT_EQ(text, "bye");
}

TEST_P(ReactorIo, tells_that_the_peer_has_reset_the_connection) {
    SocketPair pair = pairs.make();
    Handler handler;
    IoResult last;
    const Watch watched = watch(pair, handler);
    handler.readable = [&] {
        read_all(pair.ours.get(), &last);
        if (last.kind != IoResult::Kind::would_block) reactor.stop();
    };
    pair.theirs.setLinger(true, 0);
    pair.theirs.close();
    run();
    if (!resets_are_told) {
        EXPECT_EQ(last.kind, IoResult::Kind::closed);
        return;
    }
    EXPECT_EQ(last.kind, IoResult::Kind::failed);
    EXPECT_EQ(os_error_text(last.os_error), "connection reset by peer");
}

TEST_P(ReactorIo, serves_two_thousand_sockets) {
    constexpr size_t count = 2000;
    struct Connection {
        SocketPair pair;
        Handler handler;
        Watch watch;
    };
    std::deque<Connection> connections(count);
    std::set<const Connection*> heard;
    for (Connection& each : connections) {
        each.pair = pairs.make();
        each.watch = watch(each.pair, each.handler);
        each.handler.readable = [&] {
            EXPECT_EQ(read_all(each.pair.ours.get()), "x");
            EXPECT_TRUE(heard.insert(&each).second);
            if (heard.size() == count) reactor.stop();
        };
    }
    for (Connection& each : connections) each.pair.theirs.sendBytes("x", 1);
    run();
    EXPECT_EQ(heard.size(), count);
}

TEST_P(ReactorIo, moves_a_watch_without_ending_it) {
    SocketPair pair = pairs.make();
    Handler handler;
    handler.readable = [&] { reactor.stop(); };
    Watch first = watch(pair, handler);
    Watch second = std::move(first);
    EXPECT_FALSE(first);
    first = std::move(second);
    EXPECT_TRUE(first);
    EXPECT_FALSE(second);
    pair.theirs.sendBytes("x", 1);
    run();
}

TEST_P(ReactorIo, ends_the_old_watch_when_another_is_assigned) {
    SocketPair pair[2] = {pairs.make(), pairs.make()};
    Handler old_one;
    Handler new_one;
    old_one.readable = [] { FAIL() << "its watch is gone"; };
    new_one.readable = [&] { reactor.stop(); };
    Watch watched = watch(pair[0], old_one);
    watched = watch(pair[1], new_one);
    pair[0].theirs.sendBytes("x", 1);
    pair[1].theirs.sendBytes("x", 1);
    run();
}

TEST_P(ReactorIo, calls_back_once_for_readiness_that_no_poller_sees) {
    Handler handler;
    int calls = 0;
    handler.readable = [&] { ++calls; };
    Watch watched = reactor.watch(no_socket, handler, Interest::read).value();
    reactor.notify(watched.id(), Interest::read);
    reactor.notify(watched.id(), Interest::read);
    EXPECT_EQ(calls, 0) << "notify() calls nobody itself";
    run_one_turn();
    run_one_turn();
    EXPECT_EQ(calls, 1);
}

TEST_P(ReactorIo, keeps_what_was_notified_until_the_interest_allows_it) {
    Handler handler;
    std::string calls;
    handler.readable = [&] { calls += 'r'; };
    handler.writable = [&] { calls += 'w'; };
    Watch watched = reactor.watch(no_socket, handler, Interest::none).value();
    reactor.notify(watched.id(), Interest::both);
    run_one_turn();
    EXPECT_EQ(calls, "");
    watched.set_interest(Interest::write);
    run_one_turn();
    EXPECT_EQ(calls, "w");
    watched.set_interest(Interest::both);
    run_one_turn();
    EXPECT_EQ(calls, "wr");
}

TEST_P(ReactorIo, does_not_wait_while_something_notified_is_to_be_called_back) {
    Handler handler;
    int left = 100;
    Watch watched;
    handler.readable = [&] {
        if (--left == 0) return reactor.stop();
        reactor.notify(watched.id(), Interest::read);
    };
    watched = reactor.watch(no_socket, handler, Interest::read).value();
    reactor.notify(watched.id(), Interest::read);
    run();
    EXPECT_EQ(left, 0);
}

TEST_P(ReactorIo, ignores_a_notification_for_a_watch_that_is_gone) {
    Handler handler;
    handler.readable = [] { FAIL() << "its watch is gone"; };
    Watch watched = reactor.watch(no_socket, handler, Interest::read).value();
    const uint64_t id = watched.id();
    reactor.notify(id, Interest::read);
    watched = Watch();
    reactor.notify(id, Interest::read);
    const Watch in_its_place = reactor.watch(no_socket, handler, Interest::read).value();
    reactor.notify(id, Interest::read);
    run_one_turn();
}

TEST(ReactorInterest, costs_no_system_call_when_nothing_changes) {
    ScriptedPoller::Record record;
    Reactor reactor(std::make_unique<ScriptedPoller>(record));
    Handler handler;
    Watch watched = reactor.watch(1, handler, Interest::read).value();
    watched.set_interest(Interest::read);
    watched.set_interest(Interest::both);
    watched.set_interest(Interest::both);
    EXPECT_EQ(record.sets, (std::vector{Interest::read, Interest::both}));
}

TEST(ReactorInterest, is_tried_again_when_the_system_had_no_room) {
    ScriptedPoller::Record record;
    Reactor reactor(std::make_unique<ScriptedPoller>(record));
    Handler handler;
    Watch watched = reactor.watch(1, handler, Interest::none).value();
    record.failing_sets = 1;
    watched.set_interest(Interest::read);
    EXPECT_EQ(record.sets.size(), 1U);
    reactor.after(Reactor::retry_delay, [&] { reactor.stop(); });
    reactor.run();
    EXPECT_EQ(record.sets.back(), Interest::read);
}

TEST(ReactorInterest, fails_to_watch_when_the_poller_does) {
    ScriptedPoller::Record record;
    Reactor reactor(std::make_unique<ScriptedPoller>(record));
    Handler handler;
    record.failing_sets = 1;
    const auto watched = reactor.watch(1, handler, Interest::read);
    ASSERT_FALSE(watched);
    EXPECT_EQ(watched.error().text, "no room");
}

}  // namespace
}  // namespace midge::net_test
