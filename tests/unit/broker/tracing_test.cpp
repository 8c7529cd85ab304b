// Traced messages: effects of a reload, sampling, and the limit of a trace. tests/wire/trace tests
// the content of traces.
#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "broker/broker.h"
#include "config/options_loader.h"
#include "routing/trace_recorder.h"
#include "routing/trace_request.h"
#include "unit/broker/line_logger.h"
#include "unit/broker/raw_client.h"

namespace midge {
namespace {

using test::LineLogger;
using test::RawClient;

constexpr const char* sampled_header = "NATS/1.0\r\ntraceparent: 0-1-2-01\r\n\r\n";
constexpr const char* asking_header = "NATS/1.0\r\nNats-Trace-Dest: way\r\n\r\n";

TEST(TraceRequest, sampling_is_a_percentage_of_the_messages) {
    const AccountTrace account{"way", 20};
    int traced = 0;
    for (uint32_t random = 0; random < 1000; ++random) {
        if (read_trace_request(sampled_header, &account, random)) ++traced;
    }
    EXPECT_EQ(traced, 200);
}

TEST(TraceRequest, a_message_that_asks_is_always_traced) {
    const AccountTrace account{"other", 1};
    const auto request = read_trace_request(asking_header, &account, 99);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->destination, "way");
}

TEST(TraceRecorder, steps_over_the_most_are_counted) {
    const Account account("A", 1, false);
    TraceRecorder recorder(account, *read_trace_request(asking_header, nullptr, 0), 40);
    recorder.received(1, "", "news");
    for (size_t i = 0; i < TraceRecorder::steps_max + 4; ++i) recorder.exported(account, "to");
    EXPECT_EQ(recorder.trace().steps.size(), TraceRecorder::steps_max);
    EXPECT_EQ(recorder.trace().omitted, 5U);
    const std::string json = to_json(recorder.trace(), ServerInfo{});
    EXPECT_TRUE(json.ends_with("],\"omitted\":5}")) << json.substr(json.size() - 40);
}

class Tracing : public testing::Test {
  protected:
    static std::string config(const std::string& of_exporter, const std::string& of_import,
                              const std::string& of_export) {
        return "accounts { A { users: [{user: a, password: p}], exports: [{stream: s}], " +
               of_exporter +
               " }, B { users: [{user: b, password: p}], imports: [{stream: {account: A, subject: "
               "s}" +
               of_import + "}], exports: [{service: q" + of_export +
               "}] }, C { users: [{user: c, password: p}], imports: [{service: {account: B, "
               "subject: q}}] } }";
    }
    static Options options_of(const std::string& text) {
        auto loaded = load_options_from_text("listen: \"127.0.0.1:-1\"\nthreads: 1\n" + text,
                                             "test.conf", system_config_sources());
        EXPECT_TRUE(loaded) << loaded.error().text;
        return loaded->options;
    }
    void SetUp() override {
        broker_ = std::make_unique<Broker>(options_of(config("", "", "")), log_);
        const auto started = broker_->start({});
        ASSERT_TRUE(started) << started.error().text;
    }
    void reload(const std::string& text) {
        const auto reloaded = broker_->reload(options_of(text), {});
        ASSERT_TRUE(reloaded) << reloaded.error().text;
        std::promise<void> heard;  // by the event loop
        broker_->when_loops_turned([&heard] { heard.set_value(); });
        heard.get_future().wait();
    }
    RawClient client(const std::string& user, const std::string& subject) {
        RawClient client(broker_->port());
        client.log_in(R"({"verbose":false,"headers":true,"user":")" + user + R"(","pass":"p"})");
        client.send("SUB " + subject + " 1\r\nSUB way 2\r\n");
        EXPECT_EQ(client.flush(), "");
        return client;
    }
    // Returns everything that `client` receives after it has published this message.
    static std::string publish(RawClient& client, const std::string& subject,
                               const std::string& header) {
        const std::string size = std::to_string(header.size());
        client.send("HPUB " + subject + " " + size + " " + size + "\r\n" + header + "\r\n");
        return client.flush();
    }
    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }
    LineLogger log_;
    std::unique_ptr<Broker> broker_;
};

TEST_F(Tracing, a_reload_begins_and_ends_the_tracing_of_an_account) {
    RawClient a = client("a", "none");
    EXPECT_EQ(publish(a, "news", sampled_header), "");
    reload(config("msg_trace: way", "", ""));
    EXPECT_TRUE(has(publish(a, "news", sampled_header), R"("subj":"news")"));
    reload(config("", "", ""));
    EXPECT_EQ(publish(a, "news", sampled_header), "");
}

TEST_F(Tracing, a_reload_shows_and_hides_who_imports_a_stream) {
    RawClient b = client("b", "s");
    RawClient a = client("a", "none");
    const std::string shown = R"("acc":"B","sub":"s")";
    EXPECT_FALSE(has(publish(a, "s", asking_header), shown));
    reload(config("", ", allow_trace: true", ""));
    EXPECT_TRUE(has(publish(a, "s", asking_header), shown));
    reload(config("", "", ""));
    EXPECT_FALSE(has(publish(a, "s", asking_header), shown));
}

TEST_F(Tracing, a_reload_shows_and_hides_what_a_service_does) {
    RawClient b = client("b", "q");
    RawClient c = client("c", "none");
    const std::string shown = R"("acc":"B","sub":"q")";
    EXPECT_FALSE(has(publish(c, "q", asking_header), shown));
    reload(config("", "", ", allow_trace: true"));
    EXPECT_TRUE(has(publish(c, "q", asking_header), shown));
    reload(config("", "", ""));
    EXPECT_FALSE(has(publish(c, "q", asking_header), shown));
}

// A client may change its name at any time. Traces of other clients' messages show its current
// name.
TEST_F(Tracing, shows_the_name_that_a_client_gave_last) {
    RawClient reader = client("a", "news");
    RawClient writer = client("a", "none");
    EXPECT_FALSE(has(publish(writer, "news", asking_header), R"("name":"new")"));
    reader.send(
        "CONNECT {\"verbose\":false,\"headers\":true,\"user\":\"a\",\"pass\":\"p\",\"name\":"
        "\"new\"}\r\nSUB news 1\r\nPING\r\n");
    reader.read_until("PONG\r\n");
    EXPECT_TRUE(has(publish(writer, "news", asking_header), R"("name":"new")"));
}

}  // namespace
}  // namespace midge
