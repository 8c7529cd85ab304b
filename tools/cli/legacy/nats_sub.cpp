// nats-sub: prints the messages of a subject until it is stopped.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <ctime>
#include <mutex>

#include "connection.h"
#include "legacy/legacy_tool.h"
#include "stop_event.h"

namespace midge::cli::legacy {
namespace {

constexpr std::chrono::seconds reconnect_delay{1};
constexpr int reconnects_max = 600;

// Prints lines, with the time in front if -t is given and the subscription has begun.
class SubLog {
  public:
    void show_time() { show_time_ = true; }
    void line(std::string_view text) const {
        if (!show_time_) return log_line(text);
        log_line(fmt::format("{:%Y/%m/%d %H:%M:%S} {}", fmt::localtime(std::time(nullptr)), text));
    }

  private:
    std::atomic<bool> show_time_ = false;
};

ConnectionCallbacks make_callbacks(const SubLog& log, StopEvent& stop) {
    ConnectionCallbacks calls;
    calls.disconnected = [&log](std::string_view reason) {
        log.line(fmt::format("Disconnected due to:{}, will attempt reconnects for {}m", reason,
                             reconnects_max * reconnect_delay / std::chrono::minutes(1)));
    };
    calls.reconnected = [&log](std::string_view url) {
        log.line(fmt::format("Reconnected [{}]", url));
    };
    calls.closed = [&log, &stop](std::string_view reason) {
        log.line(fmt::format("Exiting: {}", reason.empty() ? "<nil>" : reason));
        stop.set();
    };
    return calls;
}

int listen(const CommonFlags& common, const std::string& subject, bool with_time) {
    Result<StopEvent> stop = StopEvent::create();
    if (!stop) return log_fatal(stop.error().text);
    SubLog log;
    uint64_t number = 0;
    Result<std::unique_ptr<Connection>> connection =
        Connection::open(common.connect, make_callbacks(log, *stop));
    if (!connection) return log_fatal(connection.error().text);
    const Result<SubscriptionHandle> subscription =
        (*connection)->subscribe(subject, {}, [&log, &number](const Message& message) {
            log.line(fmt::format("[#{}] Received on [{}]: '{}'", ++number, message.subject,
                                 message.data));
        });
    if (!subscription) return log_fatal(subscription.error().text);
    if (const Result<> flushed = (*connection)->flush(); !flushed) {
        return log_fatal(flushed.error().text);
    }
    log.line(fmt::format("Listening on [{}]", subject));
    if (with_time) log.show_time();
    // A signal ends the process by default, so that wait() returns only at the connection's end.
    [[maybe_unused]] const bool ended = stop->wait();
    return exit_failed;
}

}  // namespace

int run_nats_sub(const std::vector<std::string>& words) {
    const std::string usage =
        "nats-sub [-s server] [-creds file] [-nkey file] [-tlscert file] [-tlskey file] "
        "[-tlscacert file] [-t] <subject>";
    tools::GoFlags flags;
    CommonFlags common;
    bool with_time = false;
    common.add_to(flags);
    common.add_tls_to(flags);
    flags.flag("t", with_time, "Display timestamps");
    const ParsedWords parsed = parse_words(usage, flags, common, words, {1, 1});
    if (parsed.exit_code >= 0) return parsed.exit_code;

    common.connect.name = "NATS Sample Subscriber";
    common.connect.reconnects_max = reconnects_max;
    common.connect.reconnect_delay = [](int) { return std::chrono::milliseconds(reconnect_delay); };
    return listen(common, parsed.arguments[0], with_time);
}

}  // namespace midge::cli::legacy
