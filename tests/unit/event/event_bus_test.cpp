#include "event/event_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace midge {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto patience = 20s;

struct Seen {
    std::mutex mutex;
    std::condition_variable grown;
    std::vector<std::string> subjects;
    std::vector<std::string> bodies;
    std::vector<uint64_t> sequences;
    std::vector<size_t> batches;  // sizes
    std::string wanted;           // the end of the subjects that are wanted
    bool wants_jwts = true;
    std::function<void()> ready;
    std::atomic<int> flushes = 0;
    int resumed = 0;
    int reopened = 0;

    bool wait_for_events(size_t count) {
        std::unique_lock lock(mutex);
        return grown.wait_for(lock, patience, [&] { return subjects.size() >= count; });
    }
};

class RecordingSink final : public EventSink {
  public:
    explicit RecordingSink(Seen& seen) : seen_(seen) {}
    std::string_view name() const noexcept override { return "recording"; }
    bool wants(std::string_view subject) const override { return subject.ends_with(seen_.wanted); }
    bool wants_jwts() const noexcept override { return seen_.wants_jwts; }
    void publish(std::span<const SinkEvent> events) override {
        std::lock_guard lock(seen_.mutex);
        seen_.batches.push_back(events.size());
        for (const SinkEvent& event : events) {
            seen_.subjects.emplace_back(event.subject);
            seen_.bodies.emplace_back(event.json);
            seen_.sequences.push_back(event.sequence);
        }
        seen_.grown.notify_all();
    }
    void flush() override { ++seen_.flushes; }
    void reopen() override {
        std::lock_guard lock(seen_.mutex);
        ++seen_.reopened;
        seen_.grown.notify_all();
    }
    void on_ready(std::function<void()> ready) override {
        std::lock_guard lock(seen_.mutex);
        seen_.ready = std::move(ready);
    }
    void resume() override {
        std::lock_guard lock(seen_.mutex);
        ++seen_.resumed;
        seen_.grown.notify_all();
    }
    bool report(ComponentReport& out) override {
        out.instance = "recording";
        return true;
    }

  private:
    Seen& seen_;
};

// Its first publish() blocks until the test releases it.
class BlockedSink final : public EventSink {
  public:
    explicit BlockedSink(std::promise<void>& entered, std::shared_future<void> released)
        : entered_(entered), released_(std::move(released)) {}
    std::string_view name() const noexcept override { return "blocked"; }
    void publish(std::span<const SinkEvent>) override {
        if (!first_) return;
        first_ = false;
        entered_.set_value();
        released_.wait();
    }
    void flush() override {}

  private:
    std::promise<void>& entered_;
    std::shared_future<void> released_;
    bool first_ = true;
};

class RecordingLog final : public Logger {
  public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void write(LogLevel, std::string_view line) noexcept override {
        std::lock_guard lock(mutex_);
        lines_.emplace_back(line);
    }
    std::vector<std::string> lines() {
        std::lock_guard lock(mutex_);
        return lines_;
    }

  private:
    std::mutex mutex_;
    std::vector<std::string> lines_;
};

ServerInfo server() {
    ServerInfo out;
    out.id = "NSERVER";
    return out;
}

ConnectEvent connect(const std::string& account) {
    ConnectEvent event;
    event.header = EventHeader::make();
    event.client.account = account;
    return event;
}

class EventBusTest : public testing::Test {
  protected:
    RecordingLog log;
    Seen seen;
};

TEST_F(EventBusTest, sends_each_kind_of_event_on_its_subject) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    AccountConnsEvent conns;
    conns.stat.account = "A";
    DisconnectEvent disconnect;
    disconnect.client.account = "A";
    EXPECT_TRUE(bus.push(conns));
    EXPECT_TRUE(bus.push(connect("A")));
    EXPECT_TRUE(bus.push(disconnect));
    EXPECT_TRUE(bus.push(AuthErrorEvent{}));
    EXPECT_TRUE(bus.push(StatszEvent{}));
    EXPECT_TRUE(bus.push(ShutdownEvent{}));
    EXPECT_TRUE(bus.push(LameDuckEvent{}));
    EXPECT_EQ(bus.drain(), 7u);
    EXPECT_THAT(seen.subjects,
                ElementsAre("$SYS.SERVER.ACCOUNT.A.CONNS", "$SYS.ACCOUNT.A.SERVER.CONNS",
                            "$SYS.ACCOUNT.A.CONNECT", "$SYS.ACCOUNT.A.DISCONNECT",
                            "$SYS.SERVER.NSERVER.CLIENT.AUTH.ERR", "$SYS.SERVER.NSERVER.STATSZ",
                            "$SYS.SERVER.NSERVER.SHUTDOWN", "$SYS.SERVER.NSERVER.LAMEDUCK"));
    EXPECT_THAT(seen.sequences, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
    EXPECT_THAT(seen.bodies[6], testing::StartsWith(R"({"name":)"));
}

TEST_F(EventBusTest, replies_and_events_share_one_server_sequence) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.push(connect("A"));
    bus.push(connect("A"));
    EXPECT_EQ(bus.stamp().seq, 1u) << "assigned when something is sent, not when it is queued";
    bus.drain();
    const ServerInfo reply = bus.stamp();
    EXPECT_EQ(reply.seq, 4u);
    EXPECT_GT(reply.time, 0);
    EXPECT_THAT(seen.bodies, ElementsAre(HasSubstr(R"("seq":2,)"), HasSubstr(R"("seq":3,)")));
}

TEST_F(EventBusTest, a_reload_changes_the_server_object_and_keeps_the_sequence) {
    EventBus bus(server(), log);
    EXPECT_EQ(bus.stamp().seq, 1u);
    ServerInfo changed = server();
    changed.tags = {"new"};
    bus.set_server(changed);
    const ServerInfo stamped = bus.stamp();
    EXPECT_EQ(stamped.seq, 2u);
    EXPECT_THAT(stamped.tags, ElementsAre("new"));
}

TEST_F(EventBusTest, every_sink_gets_the_same_text) {
    Seen other;
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.add_sink(std::make_unique<RecordingSink>(other));
    bus.push(connect("A"));
    bus.drain();
    EXPECT_EQ(seen.bodies, other.bodies);
    EXPECT_EQ(seen.bodies.size(), 1u);
}

TEST_F(EventBusTest, the_jwts_of_users_go_only_to_sinks_that_want_them) {
    Seen other;
    other.wants_jwts = false;
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    const SinkId without = bus.add_sink(std::make_unique<RecordingSink>(other));
    ConnectEvent event = connect("A");
    event.client.jwt = "abc";
    DisconnectEvent disconnect;
    disconnect.client = event.client;
    const AuthErrorEvent refused{disconnect};
    for (const Event& each : {Event(event), Event(disconnect), Event(refused), Event(connect("B"))})
        bus.push(each);
    bus.drain();
    // SHA-256 of "abc", as FIPS 180-2 gives it.
    const std::string hash =
        R"("jwt_hash":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")";
    ASSERT_EQ(seen.bodies.size(), 4u);
    ASSERT_EQ(other.bodies.size(), 4u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_THAT(seen.bodies[i], HasSubstr(R"("jwt":"abc")"));
        std::string expected = seen.bodies[i];
        expected.replace(expected.find(R"("jwt":"abc")"), std::string(R"("jwt":"abc")").size(),
                         hash);
        EXPECT_EQ(other.bodies[i], expected)
            << "and the number of the server's message is the same";
    }
    EXPECT_EQ(other.bodies[3], seen.bodies[3]) << "a client without a JWT";

    (void)bus.remove_sink(without);
    Seen alone;
    alone.wants_jwts = false;
    EventBus other_bus(server(), log);
    other_bus.add_sink(std::make_unique<RecordingSink>(alone));
    other_bus.push(event);
    other_bus.drain();
    EXPECT_THAT(alone.bodies, ElementsAre(HasSubstr(hash)));
}

TEST_F(EventBusTest, a_sink_gets_events_in_batches) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    for (int i = 0; i < 100; ++i) bus.push(AccountConnsEvent{});
    bus.drain();
    EXPECT_THAT(seen.batches, ElementsAre(128, 72)) << "two messages of each event";
}

TEST_F(EventBusTest, makes_no_message_that_no_sink_wants) {
    Seen other;
    EventBus bus(server(), log);
    seen.wanted = ".CONNECT";
    other.wanted = "CONNS";
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.add_sink(std::make_unique<RecordingSink>(other));
    bus.push(connect("A"));
    bus.push(StatszEvent{});
    bus.push(AccountConnsEvent{});
    bus.push(connect("B"));
    bus.drain();
    EXPECT_THAT(seen.subjects, ElementsAre("$SYS.ACCOUNT.A.CONNECT", "$SYS.ACCOUNT.B.CONNECT"));
    EXPECT_THAT(seen.sequences, ElementsAre(1, 5)) << "all are counted";
    EXPECT_THAT(other.sequences, ElementsAre(3, 4));
    EXPECT_EQ(bus.stamp().seq, 5u) << "only what was made has a number of the server";
}

TEST_F(EventBusTest, resumes_a_sink_that_is_ready_again) {
    EventBus bus(server(), log);
    const SinkId id = bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.start();
    seen.ready();
    {
        std::unique_lock lock(seen.mutex);
        EXPECT_TRUE(seen.grown.wait_for(lock, patience, [&] { return seen.resumed == 1; }));
    }
    (void)bus.remove_sink(id);
    EXPECT_FALSE(seen.ready) << "it may outlive the bus";
}

TEST_F(EventBusTest, sinks_open_their_files_again_when_told) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.reopen_sinks();
    EXPECT_EQ(seen.reopened, 1) << "within the call while nothing runs";
    bus.start();
    bus.reopen_sinks();
    std::unique_lock lock(seen.mutex);
    EXPECT_TRUE(seen.grown.wait_for(lock, patience, [&] { return seen.reopened == 2; }));
}

TEST_F(EventBusTest, asks_sinks_how_they_are) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    const auto reports = bus.reports();
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].instance, "recording");
}

TEST_F(EventBusTest, sinks_come_and_go_while_it_runs) {
    EventBus bus(server(), log);
    bus.start();
    const SinkId id = bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.push(connect("A"));
    ASSERT_TRUE(bus.flush(patience));
    const auto sink = bus.remove_sink(id);
    ASSERT_NE(sink, nullptr);
    EXPECT_EQ(sink->name(), "recording");
    EXPECT_EQ(seen.flushes, 2) << "once by flush(), once when removed";
    bus.push(connect("A"));
    ASSERT_TRUE(bus.flush(patience));
    EXPECT_EQ(seen.subjects.size(), 1u);
    EXPECT_EQ(bus.remove_sink(id), nullptr);
}

TEST_F(EventBusTest, no_event_is_lost_or_sent_twice_while_sinks_are_replaced) {
    constexpr int rounds = 20, each = 50;
    std::vector<std::unique_ptr<Seen>> all;
    EventBus bus(server(), log);
    bus.start();
    std::vector<SinkId> ids;
    std::thread pusher;
    for (int round = 0; round < rounds; ++round) {
        all.push_back(std::make_unique<Seen>());
        std::vector<std::unique_ptr<EventSink>> sinks;
        sinks.push_back(std::make_unique<RecordingSink>(*all.back()));
        ids = bus.replace_sinks(ids, std::move(sinks));
        if (pusher.joinable()) pusher.join();
        pusher = std::thread([&] {
            for (int i = 0; i < each; ++i) EXPECT_TRUE(bus.push(connect("A")));
        });
    }
    pusher.join();
    ASSERT_TRUE(bus.flush(patience));
    uint64_t expected = 0;
    for (const auto& one : all) {
        for (const uint64_t sequence : one->sequences) ASSERT_EQ(sequence, ++expected);
    }
    EXPECT_EQ(expected, uint64_t{rounds * each});
}

TEST_F(EventBusTest, what_was_pushed_before_a_change_goes_to_the_sinks_of_before) {
    std::promise<void> entered, release;
    Seen after;
    EventBus bus(server(), log);
    const SinkId blocked =
        bus.add_sink(std::make_unique<BlockedSink>(entered, release.get_future().share()));
    const SinkId old = bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.start();
    bus.push(connect("A"));
    entered.get_future().wait();
    bus.push(connect("B"));
    std::vector<std::unique_ptr<EventSink>> sinks;
    sinks.push_back(std::make_unique<RecordingSink>(after));
    auto replaced = bus.begin_replacing({old, blocked}, std::move(sinks));
    bus.push(connect("C"));
    release.set_value();
    const auto ids = bus.finish_replacing(std::move(replaced));
    ASSERT_TRUE(bus.flush(patience));
    EXPECT_EQ(ids.size(), 1u);
    EXPECT_THAT(seen.subjects, ElementsAre("$SYS.ACCOUNT.A.CONNECT", "$SYS.ACCOUNT.B.CONNECT"));
    EXPECT_EQ(seen.flushes, 1);
    EXPECT_THAT(after.subjects, ElementsAre("$SYS.ACCOUNT.C.CONNECT"));
}

TEST_F(EventBusTest, a_sink_that_waits_holds_up_nobody_but_its_events) {
    std::promise<void> entered, release;
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<BlockedSink>(entered, release.get_future().share()));
    const SinkId id = bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.start();
    bus.push(connect("A"));
    entered.get_future().wait();
    EXPECT_EQ(bus.reports().size(), 1u);
    auto replaced = bus.begin_replacing({id}, {});
    EXPECT_EQ(bus.reports().size(), 1u) << "it gets what is on the way";
    bus.reopen_sinks();
    release.set_value();
    bus.finish_replacing(std::move(replaced));
    EXPECT_EQ(seen.subjects.size(), 1u);
    EXPECT_TRUE(bus.reports().empty());
}

TEST_F(EventBusTest, many_threads_may_push) {
    constexpr int threads = 4, each = 500;
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.start();
    std::vector<std::thread> pushers;
    for (int t = 0; t < threads; ++t) {
        pushers.emplace_back([&] {
            for (int i = 0; i < each; ++i) EXPECT_TRUE(bus.push(connect("A")));
        });
    }
    for (std::thread& pusher : pushers) pusher.join();
    ASSERT_TRUE(bus.flush(patience));
    ASSERT_EQ(seen.sequences.size(), size_t{threads * each});
    for (size_t i = 0; i < seen.sequences.size(); ++i) ASSERT_EQ(seen.sequences[i], i + 1);
}

TEST_F(EventBusTest, a_full_queue_drops_new_events_and_tells_once) {
    std::promise<void> entered, release;
    EventBus bus(server(), log, 4);
    bus.add_sink(std::make_unique<BlockedSink>(entered, release.get_future().share()));
    bus.start();
    EXPECT_TRUE(bus.push(connect("A")));
    entered.get_future().wait();
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(bus.push(connect("A")));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(bus.push(connect("A")));
    EXPECT_TRUE(bus.push(ShutdownEvent{})) << "always fits";
    EXPECT_EQ(bus.dropped(), 3u);
    EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("4 are waiting")));
    release.set_value();
    ASSERT_TRUE(bus.flush(patience));
    EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("4 are waiting"), HasSubstr("3 were dropped")));
    EXPECT_TRUE(bus.push(connect("A")));
}

TEST_F(EventBusTest, flush_gives_up_on_a_sink_that_waits) {
    std::promise<void> entered, release;
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<BlockedSink>(entered, release.get_future().share()));
    bus.start();
    bus.push(connect("A"));
    entered.get_future().wait();
    const auto flushed = bus.flush(1ms);
    ASSERT_FALSE(flushed.has_value());
    EXPECT_EQ(flushed.error().code, Errc::timeout);
    release.set_value();
    EXPECT_TRUE(bus.flush(patience));
}

TEST_F(EventBusTest, stop_sends_what_is_queued) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.start();
    for (int i = 0; i < 100; ++i) bus.push(connect("A"));
    bus.stop();
    EXPECT_EQ(seen.subjects.size(), 100u);
    EXPECT_EQ(seen.flushes, 1);
    EXPECT_FALSE(bus.push(connect("A")));
    bus.stop();
}

TEST_F(EventBusTest, without_a_consumer_flush_and_stop_send_themselves) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.push(connect("A"));
    EXPECT_TRUE(bus.flush(0ms));
    EXPECT_EQ(seen.subjects.size(), 1u);
    bus.push(connect("A"));
    bus.stop();
    EXPECT_EQ(seen.subjects.size(), 2u);
}

TEST_F(EventBusTest, nothing_follows_lame_duck) {
    EventBus bus(server(), log);
    bus.add_sink(std::make_unique<RecordingSink>(seen));
    bus.push(connect("A"));
    EXPECT_TRUE(bus.push(LameDuckEvent{}));
    EXPECT_FALSE(bus.push(connect("A")));
    EXPECT_FALSE(bus.push(ShutdownEvent{}));
    bus.drain();
    EXPECT_THAT(seen.subjects,
                ElementsAre("$SYS.ACCOUNT.A.CONNECT", "$SYS.SERVER.NSERVER.LAMEDUCK"));
}

}  // namespace
}  // namespace midge
