// The log as messages to a syslog.
#include "syslog.h"

#include <Poco/Net/DatagramSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "process_info.h"
#include "service_logger.h"

namespace midge {
namespace {

using Poco::Net::DatagramSocket;
using Poco::Net::ServerSocket;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr WallNanos message_time = 1577934245678901234;  // 2020-01-02 03:04:05 UTC
const SocketAddress any_port("127.0.0.1", 0);

// Like MatchesRegex, whose expressions have no brackets on Windows.
MATCHER_P(MatchesStdRegex, pattern, "") {
    return std::regex_match(arg, std::regex(pattern));
}

template <class Socket>
std::string receive(Socket&& socket) {
    char text[2000];
    socket.setReceiveTimeout(Poco::Timespan(60, 0));
    return {text, static_cast<size_t>(socket.receiveBytes(text, sizeof text))};
}

TEST(SyslogMessage, has_the_severities_and_the_form_of_nats_server) {
    const SyslogForm remote{"vm", "midged", 47, 0};
    EXPECT_THAT(syslog_message(remote, LogLevel::info, message_time, "text"),
                MatchesStdRegex("<5>2020-01-0[0-9]T[0-9:]{8}[Z+-].* vm midged\\[47\\]: text\n"));
    EXPECT_THAT(syslog_message(remote, LogLevel::fatal, message_time, "x"), StartsWith("<2>"));
    EXPECT_THAT(syslog_message(remote, LogLevel::error, message_time, "x"), StartsWith("<3>"));
    EXPECT_THAT(syslog_message(remote, LogLevel::warn, message_time, "x"), StartsWith("<4>"));
    EXPECT_THAT(syslog_message(remote, LogLevel::debug, message_time, "x"), StartsWith("<7>"));
    EXPECT_THAT(syslog_message(remote, LogLevel::trace, message_time, "x"), StartsWith("<5>"));
    EXPECT_THAT(syslog_message({"", "midged", 47, 3}, LogLevel::info, message_time, "text"),
                MatchesStdRegex("<29>Jan  [0-9] [0-9:]{8} midged\\[47\\]: text\n"));
}

TEST(Syslog, says_what_is_wrong_with_its_address) {
    const auto error = [](const std::string& remote) {
        return Syslog::connect(remote, "midged").error().text;
    };
    EXPECT_EQ(error("foo://x:1"), "error invalid network type: \"foo\"");
    EXPECT_EQ(error("nonsense"), "error invalid network type: \"\"");
    EXPECT_EQ(error("udp://x"),
              "error connecting to syslog: \"dial udp: address x: missing port in address\"");
    EXPECT_EQ(error("tcp://127.0.0.1:1"),
              "error connecting to syslog: \"dial tcp 127.0.0.1:1: connect: connection refused\"");
}

TEST(Syslog, gets_what_the_service_logs) {
    DatagramSocket receiver(any_port, false);
    LogOptions options;
    options.remote_syslog = "udp://" + receiver.address().toString();
    ServiceLogger log("midged");
    ASSERT_TRUE(log.configure(options));
    log.warn("two\nlines");
    EXPECT_THAT(receive(receiver),
                EndsWith(fmt::format(" midged[{}]: two\\nlines\n", current_process_id())));
    options.json = true;
    options.time_utc = true;
    ASSERT_TRUE(log.configure(options));
    log.info("text");
    EXPECT_THAT(receive(receiver), HasSubstr("]: {\"time\":\"20"));
}

TEST(Syslog, dials_again_when_the_connection_broke_and_logs_to_standard_error_meanwhile) {
    auto receiver = std::make_unique<ServerSocket>(any_port);
    const SocketAddress address = receiver->address();
    auto log = Syslog::connect("tcp://" + address.toString(), "midged");
    ASSERT_TRUE(log);
    (*log)->write(LogLevel::info, message_time, "first");
    StreamSocket connection = receiver->acceptConnection();
    EXPECT_THAT(receive(connection), EndsWith("first\n"));
    receiver.reset();
    connection.setLinger(true, 0);  // makes the other side notice the end immediately
    connection.close();
    ::testing::internal::CaptureStderr();
    // The first line may only reach this machine's buffers.
    for (int i = 0; i < 3; ++i) (*log)->write(LogLevel::info, message_time, "lost");
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                HasSubstr("connection refused; the log goes to standard error\n<5>"));
    receiver = std::make_unique<ServerSocket>(address);
    // The syslog is dialled again at most once a second, when the next line is written.
    ::testing::internal::CaptureStderr();
    while (!receiver->poll(Poco::Timespan(0, 10'000), Poco::Net::Socket::SELECT_READ)) {
        (*log)->write(LogLevel::info, message_time, "again");
    }
    (void)::testing::internal::GetCapturedStderr();
    EXPECT_THAT(receive(receiver->acceptConnection()), HasSubstr("again\n"));
}

}  // namespace
}  // namespace midge
