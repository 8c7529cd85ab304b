// midge sub: prints the messages of one or more subjects.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/terminal.h"
#include "client_session.h"
#include "message_text.h"
#include "program.h"
#include "terminal.h"

namespace midge::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct SubOptions {
    std::vector<std::string> subjects;
    std::string queue;
    bool raw = false;
    std::string translate;
    bool inbox = false;
    uint64_t count = 0;  // 0: no limit
    std::string dump;    // a folder, or "-"
    bool headers_only = false;
    bool subjects_only = false;
    std::chrono::nanoseconds wait{0};  // 0: no limit
    bool timestamp = false;
    bool delta_time = false;
};

// Formats the local time like Go's time.StampMicro.
std::string stamp_micro() {
    const WallNanos now = wall_now();
    const std::tm local = fmt::localtime(static_cast<std::time_t>(now / 1'000'000'000));
    return fmt::format("{:%b} {:2} {:%H:%M:%S}.{:06}", local, local.tm_mday, local,
                       now / 1000 % 1'000'000);
}

// Numbers and prints messages. The handlers of several subscriptions share it, each on its own
// thread.
class MessagePrinter {
  public:
    MessagePrinter(const SubOptions& options, StopEvent& stop) : options_(options), stop_(stop) {}

    void handle(const Message& message) {
        const std::lock_guard lock(mutex_);
        if (options_.count > 0 && number_ >= options_.count) return;
        ++number_;
        last_message_ = Clock::now();
        if (!options_.dump.empty()) {
            dump(message);
        } else if (options_.raw) {
            print(body_block(message.data, options_.translate));
        } else {
            print(pretty(message));
        }
        if (number_ == options_.count) stop_.set();
    }

    [[nodiscard]] Clock::time_point last_message() {
        const std::lock_guard lock(mutex_);
        return last_message_;
    }

  private:
    [[nodiscard]] std::string pretty(const Message& message) const {
        std::string out =
            fmt::format("{}{} Received on {}", palette_.frame(fmt::format("[#{}]", number_)),
                        time_text(), palette_.name(go_quoted(message.subject)));
        if (!message.reply.empty()) out += " with reply " + go_quoted(message.reply);
        out += '\n';
        if (options_.subjects_only) return out;
        out += header_lines(message.headers);
        if (!options_.headers_only) out += body_paragraph(message.data, options_.translate);
        return out;
    }

    [[nodiscard]] std::string time_text() const {
        if (options_.timestamp) return " @ " + stamp_micro();
        if (!options_.delta_time) return {};
        const std::chrono::nanoseconds since = Clock::now() - start_;
        return " @ " + go_duration(since.count());
    }

    void dump(const Message& message) const {
        const std::string json = message_json(message);
        if (options_.dump == "-") {
            print(json + '\0');
            return;
        }
        const std::filesystem::path path =
            std::filesystem::path(options_.dump) / fmt::format("{}.json", number_);
        std::ofstream file(path, std::ios::binary);
        if (!(file << json << std::flush)) {
            note(fmt::format("Could not save message: {}: cannot be written", path.string()));
        }
    }

    const SubOptions& options_;
    StopEvent& stop_;
    const Palette palette_{StandardStream::out};
    const Clock::time_point start_ = Clock::now();
    std::mutex mutex_;
    uint64_t number_ = 0;
    Clock::time_point last_message_ = start_;
};

Result<> check_options(const SubOptions& options) {
    if (options.subjects.empty() && !options.inbox) {
        return fail(Errc::invalid, "subject is required");
    }
    if (options.dump == "-" && options.inbox) {
        return fail(Errc::invalid,
                    "generating inboxes is not compatible with dumping to stdout using null "
                    "terminated strings");
    }
    if (options.timestamp && options.delta_time) {
        return fail(Errc::invalid, "timestamp and delta-time flags are mutually exclusive");
    }
    if (options.dump.empty() || options.dump == "-") return {};
    std::error_code error;
    std::filesystem::create_directories(options.dump, error);
    if (error) return fail(fmt::format("{}: {}", options.dump, error.message()));
    std::filesystem::permissions(options.dump, std::filesystem::perms::owner_all, error);
    if (error) return fail(fmt::format("{}: {}", options.dump, error.message()));
    return {};
}

// Waits until the count is reached, no message came for `wait`, a signal arrives, or the connection
// ends.
Result<> wait_for_end(const SubOptions& options, ClientSession& session, MessagePrinter& printer) {
    while (true) {
        std::optional<std::chrono::milliseconds> rest;
        if (options.wait.count() > 0) {
            rest = std::chrono::ceil<std::chrono::milliseconds>(printer.last_message() +
                                                                options.wait - Clock::now());
            if (rest->count() <= 0) return {};
        }
        Result<bool> stopped = session.wait(rest);
        if (!stopped) return pass(stopped);
        if (*stopped) return {};
    }
}

Result<> run_sub(const SubOptions& options, const GlobalOptions& global) {
    if (Result<> valid = check_options(options); !valid) return valid;
    Result<std::unique_ptr<ClientSession>> opened = ClientSession::open(global.connect);
    if (!opened) return pass(opened);
    ClientSession& session = **opened;
    session.stop().set_on_signals();

    std::vector<std::string> subjects = options.subjects;
    if (subjects.empty()) subjects.push_back(session.connection().new_inbox());
    // Used by each handler.
    auto printer = std::make_shared<MessagePrinter>(options, session.stop());
    std::vector<SubscriptionHandle> subscriptions;
    for (const std::string& subject : subjects) {
        Result<SubscriptionHandle> subscription = session.connection().subscribe(
            subject, options.queue,
            [printer](const Message& message) { printer->handle(message); });
        if (!subscription) return pass(subscription);
        subscriptions.push_back(std::move(*subscription));
    }
    if (Result<> flushed = session.connection().flush(); !flushed) return flushed;
    if ((!options.raw && options.dump.empty()) || options.inbox) {
        note(fmt::format("Subscribing on {}", fmt::join(subjects, ", ")));
    }
    return wait_for_end(options, session, *printer);
}

constexpr const char* sub_examples =
    "Examples:\n"
    "  midge sub 'orders.>'\n"
    "  midge sub orders.new --queue workers\n"
    "  midge sub temperature --raw --count 10\n"
    "  midge --creds sys.creds sub '$SYS.>'            (the server's events)\n\n"
    "* stands for one token of a subject, > for one or more tokens at its end. Ctrl-C ends the "
    "command.";

void refuse_stream_flags(CLI::App& app) {
    for (const char* name : {"--ack", "--match-replies", "--all", "--new", "--last",
                             "--last-per-subject", "-T,--terminate-at-end", "--report-subjects",
                             "--report-subscriptions", "--graph", "--direct"}) {
        refuse_flag(app, name);
    }
    for (const char* name : {"--durable", "--start-sequence", "--since", "--stream",
                             "-I,--ignore-subject", "--report-top"}) {
        refuse_option(app, name);
    }
}

}  // namespace

void add_sub_command(Program& program) {
    auto options = std::make_shared<SubOptions>();  // exists as long as the command's callbacks
    CLI::App& app =
        *program.app.add_subcommand("subscribe", "Prints messages as they arrive")->alias("sub");
    app.fallthrough()->footer(sub_examples);
    app.add_option("subjects", options->subjects, "Subjects to subscribe to");
    app.add_option("--queue", options->queue, "Share the messages with this queue group");
    app.add_flag("-r,--raw", options->raw, "Print only the data of messages");
    app.add_option("--translate", options->translate,
                   "Command that gets the data of each message on standard input, and whose output "
                   "is printed")
        ->type_name("COMMAND");
    app.add_flag("-i,--inbox", options->inbox, "Subscribe to a new inbox");
    app.add_option("--count", options->count, "End after this many messages")->type_name("N");
    app.add_option("--dump", options->dump,
                   "Write each message as JSON to a file in this folder; -: to standard output, "
                   "with a NUL byte after each")
        ->type_name("FOLDER");
    app.add_flag("--headers-only", options->headers_only, "Print only subjects and headers");
    app.add_flag("--subjects-only", options->subjects_only, "Print only subjects");
    add_duration(app, "--wait", options->wait, "End if no message arrives for this long");
    app.add_flag("-t,--timestamp", options->timestamp, "Print the arrival time of each message");
    app.add_flag("-d,--delta-time", options->delta_time, "Print the time since the start");
    refuse_stream_flags(app);
    app.callback([&program, options] {
        program.action = [&program, options] { return run_sub(*options, program.global); };
    });
}

}  // namespace midge::cli
