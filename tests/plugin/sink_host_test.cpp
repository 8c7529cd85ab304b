// The host's side of sinks: batches, sinks that cannot keep up, filters, acknowledgements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "abi/sink_plugin.hpp"
#include "base/clock.h"
#include "event/event_bus.h"
#include "host/plugin_library.h"
#include "host/plugin_sink.h"
#include "plugin/plugin_support.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

// A sink that takes what a test allows.
struct PuppetSink {
    const midge_sink_host* host = nullptr;
    uint32_t room = UINT32_MAX;
    int status = MIDGE_UNAVAILABLE;  // of a call that does not take all
    uint32_t taken_by_lie = 0;
    std::vector<uint64_t> taken;
    std::vector<uint64_t> lost;
    std::vector<uint32_t> calls;  // events in each
    std::vector<std::string> filters;
    int wrong_filters = 0;
    uint64_t acknowledged = 99;
};
PuppetSink* next_sink = nullptr;

int create_sink(const midge_sink_host* host, const midge_sink_start* start, void** self) {
    next_sink->host = host;
    next_sink->acknowledged = start->acknowledged;
    for (const std::string& filter : next_sink->filters) {
        if (host->filter(host->self, plugin::text(filter)) != MIDGE_OK) ++next_sink->wrong_filters;
    }
    *self = next_sink;
    return MIDGE_OK;
}
int take(void* self, const midge_batch* batch, uint32_t* taken) {
    auto& sink = *static_cast<PuppetSink*>(self);
    sink.calls.push_back(batch->count);
    if (batch->lost != 0) {
        sink.lost.insert(sink.lost.end(), {batch->lost, batch->lost_first, batch->lost_last});
    }
    const uint32_t count = std::min(batch->count, sink.room);
    for (uint32_t i = 0; i < count; ++i) sink.taken.push_back(batch->events[i].sequence);
    sink.room -= count;
    *taken = sink.taken_by_lie != 0 ? sink.taken_by_lie : count;
    return count == batch->count ? MIDGE_OK : sink.status;
}
void end_sink(void*) {}

constexpr midge_sink puppet_sink_table = {sizeof(midge_sink),
                                          MIDGE_SINK_ABI,
                                          plugin::text("puppet"),
                                          plugin::text("0"),
                                          &create_sink,
                                          &take,
                                          &end_sink,
                                          &end_sink,
                                          nullptr,
                                          nullptr,
                                          nullptr,
                                          nullptr,
                                          0,
                                          0};

class SinkHostTest : public ::testing::Test {
  protected:
    void start() {
        next_sink = &puppet_;
        auto made =
            PluginSink::create(puppet_sink_table, {"{}", "mine", "N", 1, &acknowledged_}, log_);
        ASSERT_TRUE(made) << made.error().text;
        sink_ = std::move(*made);
    }
    void publish(uint64_t first, uint64_t last) {
        std::vector<SinkEvent> events;
        for (uint64_t at = first; at <= last; ++at) events.push_back({"s", "{}", at});
        sink_->publish(events);
    }
    void be_ready(uint32_t room) {
        puppet_.room = room;
        puppet_.host->ready(puppet_.host->self);
        sink_->resume();
    }

    CaptureLogger log_;
    PuppetSink puppet_;
    AcknowledgedSequences acknowledged_;
    std::unique_ptr<PluginSink> sink_;
};

TEST_F(SinkHostTest, PassesABatchOnInOneCall) {
    start();
    publish(1, 100);
    publish(101, 700);
    EXPECT_THAT(puppet_.calls, ElementsAre(100, 256, 256, 88));
    EXPECT_EQ(puppet_.taken.size(), 700U);
}

TEST_F(SinkHostTest, KeepsWhatTheSinkDoesNotTakeUntilItIsReady) {
    start();
    puppet_.room = 2;
    publish(1, 5);
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 2));
    publish(6, 6);
    EXPECT_THAT(puppet_.calls, ElementsAre(5)) << "it is not asked meanwhile";
    be_ready(3);
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 2, 3, 4, 5));
    be_ready(100);
    publish(7, 8);
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
    sink_->resume();
    EXPECT_EQ(puppet_.calls.size(), 4U) << "not without a notice";
}

TEST_F(SinkHostTest, TriesASinkAgainThatForgetsToSayThatItIsReady) {
    start();
    ClockShift clock;
    puppet_.room = 0;
    publish(1, 2);
    puppet_.room = 100;
    clock.advance(sink_retry_interval);
    publish(3, 3);
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 2, 3));
}

TEST_F(SinkHostTest, CountsWhatItDropsAndTellsTheSinkWhere) {
    start();
    puppet_.room = 0;
    publish(1, sink_queue_events_max + 10);
    be_ready(UINT32_MAX);
    publish(sink_queue_events_max + 11, sink_queue_events_max + 11);
    EXPECT_EQ(puppet_.taken.size(), sink_queue_events_max + 1);
    EXPECT_THAT(puppet_.lost,
                ElementsAre(10, sink_queue_events_max + 1, sink_queue_events_max + 10));
    EXPECT_EQ(log_.count("mine: 65536 events wait for the sink: dropping from event 65537"), 1U)
        << log_.all();
    ComponentReport report;
    ASSERT_TRUE(sink_->report(report));
    EXPECT_THAT(report.metrics, Contains(Pair("host_events_lost", 10)));
}

TEST_F(SinkHostTest, DoesNotOfferAgainWhatIsRefusedWithAnError) {
    start();
    puppet_.room = 1;
    puppet_.status = MIDGE_DENIED;
    publish(1, 3);
    puppet_.room = 100;
    publish(4, 4);
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 4));
    EXPECT_EQ(log_.count("2 events were refused and are lost"), 1U) << log_.all();
}

TEST_F(SinkHostTest, BelievesNoSinkThatTookMoreThanThereWas) {
    start();
    puppet_.taken_by_lie = 1'000'000;
    publish(1, 3);
    publish(4, 4);
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 2, 3, 4));
}

TEST_F(SinkHostTest, AFlushOffersAgainWhatWasNotTaken) {
    start();
    puppet_.room = 0;
    publish(1, 3);
    puppet_.room = 3;
    sink_->flush();
    EXPECT_THAT(puppet_.taken, ElementsAre(1, 2, 3));
    EXPECT_EQ(log_.all(), "");
}

TEST_F(SinkHostTest, ALaterInstanceHearsWhatWasAcknowledged) {
    start();
    EXPECT_EQ(puppet_.acknowledged, 0U);
    publish(1, 9);
    puppet_.host->acknowledge(puppet_.host->self, 7);
    puppet_.host->acknowledge(puppet_.host->self, 5);
    const midge_sink_host* old = puppet_.host;
    sink_.reset();
    old->acknowledge(old->self, 9);
    start();
    EXPECT_EQ(puppet_.acknowledged, 7U) << "the largest, and nothing after the end";
}

TEST_F(SinkHostTest, TakesFiltersOnlyWhileItIsMadeAndOnlyGoodOnes) {
    puppet_.filters = {"a.*", "b.>", "", "a..b", ">.a", "a b", std::string(257, 'x')};
    start();
    EXPECT_EQ(puppet_.wrong_filters, 5);
    EXPECT_TRUE(sink_->wants("a.b"));
    EXPECT_FALSE(sink_->wants("a.b.c"));
    EXPECT_TRUE(sink_->wants("b.c.d"));
    EXPECT_FALSE(sink_->wants("b"));
    EXPECT_FALSE(sink_->wants("c"));
    EXPECT_EQ(puppet_.host->filter(puppet_.host->self, plugin::text("c")), MIDGE_INVALID);
    EXPECT_FALSE(sink_->wants("c"));
    puppet_.filters.assign(sink_filters_max + 1, "x");
    puppet_.wrong_filters = 0;
    start();
    EXPECT_EQ(puppet_.wrong_filters, 1);
}

TEST_F(SinkHostTest, SaysWhatItCannotDeliverAtTheEnd) {
    start();
    puppet_.room = 0;
    puppet_.status = MIDGE_UNAVAILABLE;
    publish(1, 3);
    sink_.reset();
    EXPECT_EQ(log_.count("mine: 3 events were not taken and are lost"), 1U) << log_.all();
    EXPECT_THAT(puppet_.lost, ElementsAre(3, 1, 3)) << "the sink hears of it";
}

class PlainCSink : public ::testing::Test {
  protected:
    std::unique_ptr<PluginSink> open(const std::string& more, const std::string& instance = "one") {
        const auto loaded = load_plugin<midge_sink>("c-sink", MIDGE_TEST_OWN_PLUGIN_DIR);
        EXPECT_TRUE(loaded) << loaded.error().text;
        const std::string path = (folder_.path() / "events").string();
        auto made = PluginSink::create(
            *loaded->table,
            {"{\"path\":\"" + path + "\"" + more + "}", instance, "NSERVER", 7, &acknowledged_},
            log_);
        EXPECT_TRUE(made) << made.error().text;
        return made ? std::move(*made) : nullptr;
    }
    [[nodiscard]] std::string written() const { return folder_.read("events"); }

    CaptureLogger log_;
    const TempFolder folder_;
    AcknowledgedSequences acknowledged_;
};

TEST_F(PlainCSink, UsesEveryPartOfTheAbi) {
    {
        auto sink = open(",\"filtered\":true");
        EXPECT_FALSE(sink->wants("$SYS.ACCOUNT.A.DISCONNECT"));
        const SinkEvent events[] = {{"$SYS.ACCOUNT.A.CONNECT", "{}", 3},
                                    {"$SYS.SERVER.x", "{}", 4}};
        sink->publish(events);
        sink->flush();
        EXPECT_THAT(written(), HasSubstr("create one server NSERVER epoch 7 acknowledged 0\n"
                                         "3 $SYS.ACCOUNT.A.CONNECT {}\n4 $SYS.SERVER.x {}\n"));
        sink->reopen();
        ComponentReport report;
        ASSERT_TRUE(sink->report(report));
        EXPECT_THAT(report.metrics, Contains(Pair("written", 2)));
    }
    EXPECT_THAT(written(), HasSubstr("reopened\nstop\n"));
    (void)open("");
    EXPECT_THAT(written(), HasSubstr("create one server NSERVER epoch 7 acknowledged 4\n"));
    (void)open("", "another");
    EXPECT_THAT(written(), HasSubstr("create another server NSERVER epoch 7 acknowledged 0\n"));
}

// The plugin takes two events a call, and says within the call that it is ready.
TEST_F(PlainCSink, ASlowSinkOfABusGetsAllEventsInOrder) {
    ServerInfo server;
    server.id = "NSERVER";
    EventBus bus(server, log_);
    bus.add_sink(open(",\"at_a_time\":2"));
    bus.start();
    constexpr int events = 50;
    for (int i = 0; i < events; ++i) bus.push(StatszEvent{});
    ASSERT_TRUE(bus.flush(patience));
    bus.stop();
    const std::string text = written();
    size_t at = 0;
    for (int i = 1; i <= events; ++i) {
        at = text.find("\n" + std::to_string(i) + " $SYS.SERVER.NSERVER.STATSZ ", at);
        ASSERT_NE(at, std::string::npos) << i;
    }
    EXPECT_EQ(log_.all(), "");
}

TEST_F(PlainCSink, WhatItRefusesIsLost) {
    const auto sink = open(",\"refuse\":true");
    const SinkEvent event{"s", "{}", 1};
    sink->publish({&event, 1});
    EXPECT_EQ(log_.count("1 events were refused and are lost"), 1U) << log_.all();
}

TEST_F(PlainCSink, ItsSettingsAreCheckedByTheHost) {
    const auto loaded = load_plugin<midge_sink>("c-sink", MIDGE_TEST_OWN_PLUGIN_DIR);
    ASSERT_TRUE(loaded) << loaded.error().text;
    const auto error = [&](const std::string& config) {
        const auto made = PluginSink::create(*loaded->table, {config}, log_);
        return made ? std::string() : made.error().text;
    };
    EXPECT_EQ(error("{}"), "c-sink: \"path\" is missing (the file)");
    EXPECT_EQ(error("{\"path\":\"/x\",\"at_a_time\":\"2\"}"),
              "c-sink: \"at_a_time\" has another type, expected an integer (events in a call)");
    EXPECT_THAT(error("{\"path\":\"/x\",\"colour\":1}"),
                AllOf(HasSubstr("unknown setting \"colour\""), HasSubstr("path, at_a_time")));
    EXPECT_THAT(error("[]"), HasSubstr("settings: "));
}

}  // namespace
}  // namespace midge::test
