// midge request: sends requests and prints the replies.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "client_session.h"
#include "message_text.h"
#include "program.h"
#include "terminal.h"

namespace midge::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct RequestOptions {
    OutgoingOptions outgoing;
    bool raw = false;
    uint64_t count = 1;
    uint64_t replies = 1;  // 0: all replies until the timeout
    std::chrono::nanoseconds reply_timeout = std::chrono::milliseconds(300);
    bool wait_for_empty = false;
    std::string translate;
};

std::chrono::milliseconds to_wait(std::chrono::nanoseconds time) {
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(time),
                    std::chrono::milliseconds(1));
}

void print_reply(const RequestOptions& options, const Message& reply,
                 std::chrono::nanoseconds rtt) {
    if (!options.raw) {
        note(fmt::format("Received with rtt {}", go_duration(rtt.count())));
        print(header_lines(reply.headers));
    }
    print(options.raw ? body_block(reply.data, options.translate)
                      : body_paragraph(reply.data, options.translate));
}

// Returns the time to wait for the next reply. The first reply has the general timeout. Further
// replies may take about as long as the previous ones, plus reply_timeout.
std::chrono::nanoseconds next_wait(const RequestOptions& options, std::chrono::nanoseconds timeout,
                                   std::chrono::nanoseconds elapsed, uint64_t received,
                                   std::chrono::nanoseconds rtt_sum) {
    if (options.replies == 0 && !options.wait_for_empty) return timeout - elapsed;
    if (received == 0) return timeout;
    return rtt_sum / static_cast<int64_t>(received) + options.reply_timeout;
}

Result<> collect_replies(const RequestOptions& options, std::chrono::nanoseconds timeout,
                         Connection& connection, SubscriptionHandle& inbox,
                         Clock::time_point start) {
    std::chrono::nanoseconds rtt_sum{0};
    uint64_t received = 0;
    const bool counted = options.replies > 0 && !options.wait_for_empty;
    while (!counted || received < options.replies) {
        const auto wait = next_wait(options, timeout, Clock::now() - start, received, rtt_sum);
        if (wait.count() <= 0) break;
        Result<Message> reply = connection.next(inbox, to_wait(wait));
        if (!reply && reply.error().code == Errc::unavailable) {
            return fail(Errc::unavailable, "No responders are available");
        }
        if (!reply && reply.error().code == Errc::timeout) break;
        if (!reply) return pass(reply);
        const std::chrono::nanoseconds rtt = Clock::now() - start;
        ++received;
        rtt_sum += rtt;
        print_reply(options, *reply, rtt);
        if (reply->data.empty() && (options.wait_for_empty || options.replies > 1)) break;
    }
    if (received == 0) return fail(Errc::timeout, "nats: timeout");
    return {};
}

Result<> send_requests(const RequestOptions& options, std::chrono::nanoseconds timeout,
                       Connection& connection, const std::string& payload) {
    for (uint64_t n = 1; n <= options.count; ++n) {
        Result<Message> request = make_message(options.outgoing, payload, n);
        if (!request) return pass(request);
        if (!options.raw) note("Sending request on " + go_quoted(request->subject));
        request->reply = connection.new_inbox();
        Result<SubscriptionHandle> inbox = connection.subscribe(request->reply);
        if (!inbox) return pass(inbox);
        const Clock::time_point start = Clock::now();
        if (Result<> sent = connection.publish(*request); !sent) return sent;
        // A round trip, so that a refused request is an error and not a timeout.
        if (Result<> flushed = connection.flush(); !flushed) return flushed;
        Result<> collected = collect_replies(options, timeout, connection, *inbox, start);
        if (!collected) return collected;
    }
    return {};
}

Result<> run_request(const RequestOptions& options, const GlobalOptions& global) {
    Result<std::unique_ptr<ClientSession>> session = ClientSession::open(global.connect);
    if (!session) return pass(session);
    PayloadSource source = options.outgoing.payloads();
    if (source.reads_stdin()) note("Reading payload from STDIN");
    while (true) {
        Result<std::optional<std::string>> payload = source.next();
        if (!payload) return pass(payload);
        if (!*payload) return {};
        Result<> done = send_requests(options, global.timeout, (*session)->connection(), **payload);
        if (!done) return done;
    }
}

constexpr const char* request_examples =
    "Examples:\n"
    "  midge request weather.london ''\n"
    "  midge request help 'which way?' --timeout 2s --raw\n"
    "  midge request services.ping '' --replies 0        (all replies until the timeout)\n"
    "  midge --creds sys.creds request '$SYS.REQ.SERVER.PING' ''\n\n"
    "The exit code is 1 if nobody answers the subject, or no reply arrives in time. Templates are "
    "those of midge pub.";

}  // namespace

void add_request_command(Program& program) {
    auto options = std::make_shared<RequestOptions>();  // exists as long as the callbacks
    CLI::App& app =
        *program.app.add_subcommand("request", "Sends requests and prints replies")->alias("req");
    app.fallthrough()->footer(request_examples);
    add_outgoing_options(app, options->outgoing);
    app.add_flag("-r,--raw", options->raw, "Print only the data of replies");
    app.add_option("--count", options->count, "Number of requests to send")
        ->check(CLI::Range(1, repeat_max))
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--replies", options->replies,
                   "Number of replies to wait for; 0: until the timeout")
        ->type_name("N")
        ->capture_default_str();
    add_duration(app, "--reply-timeout", options->reply_timeout,
                 "Maximum time between replies, if there are several")
        ->default_str("300ms");
    app.add_flag("--wait-for-empty", options->wait_for_empty,
                 "Wait for replies until an empty one arrives");
    app.add_option("--translate", options->translate,
                   "Command that gets the data of each reply on standard input, and whose output "
                   "is printed")
        ->type_name("COMMAND");
    app.callback([&program, options] {
        program.action = [&program, options] { return run_request(*options, program.global); };
    });
}

}  // namespace midge::cli
