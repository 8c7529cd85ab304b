// midge pub: publishes one or many messages.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <thread>

#include "client_session.h"
#include "program.h"
#include "terminal.h"

namespace midge::cli {
namespace {

// From this number of messages on, a progress line replaces the line for each message.
constexpr uint64_t listed_messages_max = 20;
constexpr uint64_t messages_per_progress = 1000;

struct PubOptions {
    OutgoingOptions outgoing;
    std::string reply;
    uint64_t count = 1;
    std::chrono::nanoseconds sleep{0};
    bool quiet = false;
};

Result<> publish_payload(const PubOptions& options, Connection& connection,
                         const std::string& payload) {
    const bool listed = options.count <= listed_messages_max;
    std::optional<ProgressLine> progress;
    if (!listed && !options.quiet) progress.emplace(options.count);
    for (uint64_t n = 1; n <= options.count; ++n) {
        Result<Message> message = make_message(options.outgoing, payload, n);
        if (!message) return pass(message);
        message->reply = options.reply;
        if (Result<> sent = connection.publish(*message); !sent) return sent;
        if (listed || options.sleep.count() > 0 || n % messages_per_progress == 0) {
            if (Result<> flushed = connection.flush(); !flushed) return flushed;
            if (progress) progress->show(n);
        }
        if (options.count > 1 && options.sleep.count() > 0) {
            std::this_thread::sleep_for(options.sleep);
        }
        if (listed && !options.quiet) {
            note(fmt::format("Published {} bytes to {}", message->data.size(),
                             go_quoted(message->subject)));
        }
    }
    Result<> flushed = connection.flush();
    if (flushed && progress) progress->show(options.count);
    return flushed;
}

Result<> run_pub(const PubOptions& options, const GlobalOptions& global) {
    Result<std::unique_ptr<ClientSession>> session = ClientSession::open(global.connect);
    if (!session) return pass(session);
    PayloadSource source = options.outgoing.payloads();
    if (source.reads_stdin() && !options.quiet) note("Reading payload from STDIN");
    while (true) {
        Result<std::optional<std::string>> payload = source.next();
        if (!payload) return pass(payload);
        if (!*payload) return {};
        Result<> done = publish_payload(options, (*session)->connection(), **payload);
        if (!done) return done;
    }
}

constexpr const char* pub_examples =
    "Examples:\n"
    "  midge pub orders.new 'three apples'\n"
    "  midge pub orders.new -H Priority:high 'three apples'\n"
    "  midge pub test --count 10 'message {{Count}} at {{Time}}'\n"
    "  tail -f app.log | midge pub logs --send-on newline\n\n"
    "Templates in subject, body and header values: {{Count}}, {{TimeStamp}}, {{Unix}}, "
    "{{UnixNano}},\n"
    "{{Time}}, {{ID}}, {{Random MIN MAX}}. Without a body it is read from standard input.";

}  // namespace

void add_pub_command(Program& program) {
    auto options = std::make_shared<PubOptions>();  // exists as long as the command's callbacks
    CLI::App& app = *program.app.add_subcommand("publish", "Publishes messages")->alias("pub");
    app.fallthrough()->footer(pub_examples);
    add_outgoing_options(app, options->outgoing);
    app.add_option("--reply", options->reply, "Reply subject")->type_name("SUBJECT");
    app.add_option("--count", options->count, "Number of times to publish the message")
        ->check(CLI::Range(1, repeat_max))
        ->type_name("N")
        ->capture_default_str();
    add_duration(app, "--sleep", options->sleep, "Pause between messages");
    app.add_flag("-q,--quiet", options->quiet, "Do not print the published messages");
    refuse_flag(app, "-J,--jetstream");
    refuse_flag(app, "--atomic");
    for (const char* name :
         {"--schedule-after", "--schedule-at", "--schedule-cron", "--schedule-dest",
          "--schedule-every", "--schedule-source", "--schedule-ttl"}) {
        refuse_option(app, name);
    }
    app.callback([&program, options] {
        program.action = [&program, options] { return run_pub(*options, program.global); };
    });
}

}  // namespace midge::cli
