// midge reply: a small service that answers requests.
#include <fmt/format.h>

#include <memory>
#include <random>
#include <thread>

#include "base/text.h"
#include "client_session.h"
#include "message_text.h"
#include "program.h"
#include "run_command.h"
#include "terminal.h"

namespace midge::cli {
namespace {

struct ReplyOptions {
    std::string subject;
    std::string body;
    std::string queue = "NATS-RPLY-22";
    std::string command;
    bool echo = false;
    std::chrono::nanoseconds sleep_max{0};
    std::vector<std::string> headers;
    uint64_t count = 0;  // 0: no limit
};

// Answers requests one by one, on the subscription's thread.
class Responder {
  public:
    Responder(const ReplyOptions& options, ClientSession& session)
        : options_(options), session_(session) {}

    void handle(const Message& request) {
        if (options_.count > 0 && answered_ >= options_.count) return;
        note(fmt::format("[#{}] Received on subject {}:", answered_, go_quoted(request.subject)));
        for (const auto& [name, value] : request.headers) {
            note(fmt::format("{}: {}", name, value));
        }
        print("\n" + request.data + "\n");
        if (options_.sleep_max.count() > 0) pause();
        const Result<> sent = answer(request);
        if (!sent) {
            note("Could not publish reply: " + sent.error().text);
            return;
        }
        ++answered_;
        if (answered_ == options_.count) session_.stop().set();
    }

  private:
    void pause() {
        std::uniform_int_distribution<int64_t> nanos(0, options_.sleep_max.count() - 1);
        std::this_thread::sleep_for(std::chrono::nanoseconds(nanos(random_)));
    }

    Result<> answer(const Message& request) {
        if (request.reply.empty()) return fail("nats: message does not have a reply");
        const std::vector<std::string_view> tokens = split(request.subject, '.');
        const TemplateInput input{
            .count = answered_, .request = request.data, .subject_tokens = tokens};
        Message reply{.subject = request.reply, .reply = {}, .headers = {}, .data = {}};
        if (session_.connection().headers_supported()) {
            Result<Headers> headers = parse_headers(options_.headers, input);
            if (!headers) return pass(headers);
            reply.headers = std::move(*headers);
        }
        if (options_.echo) {
            add_echo(request, reply);
        } else {
            Result<std::string> data = options_.command.empty()
                                           ? expand_template(options_.body, input)
                                           : run(request, input);
            if (!data) return pass(data);
            reply.data = std::move(*data);
        }
        return session_.connection().publish(reply);
    }

    void add_echo(const Message& request, Message& reply) const {
        reply.data = request.data;
        if (!session_.connection().headers_supported()) return;
        reply.headers.insert(reply.headers.end(), request.headers.begin(), request.headers.end());
        reply.headers.emplace_back("NATS-Reply-Counter", std::to_string(answered_));
    }

    // The command is split into words before templates are filled in, so that the text of a
    // requester can become the text of an argument, but never another argument.
    Result<std::string> run(const Message& request, const TemplateInput& input) const {
        Result<std::vector<std::string>> words = split_command(options_.command);
        if (!words) return pass(words);
        for (std::string& word : *words) {
            Result<std::string> filled = expand_template(word, input);
            if (!filled) return fail(Errc::invalid, "command template: " + filled.error().text);
            word = std::move(*filled);
        }
        Result<CommandOutput> output = run_command(
            *words, {},
            {{"NATS_REQUEST_SUBJECT", request.subject}, {"NATS_REQUEST_BODY", request.data}});
        if (!output) return pass(output);
        if (output->exit_code != 0) {
            note(fmt::format("Command {} failed to run: exit status {}",
                             go_quoted(options_.command), output->exit_code));
        }
        return std::move(output->text);
    }

    const ReplyOptions& options_;
    ClientSession& session_;
    uint64_t answered_ = 0;
    std::mt19937_64 random_{std::random_device{}()};
};

Result<> run_reply(ReplyOptions options, const GlobalOptions& global) {
    if (options.body.empty() && options.command.empty() && !options.echo) {
        note("No body or command supplied, enabling echo mode");
        options.echo = true;
    }
    Result<std::unique_ptr<ClientSession>> opened = ClientSession::open(global.connect);
    if (!opened) return pass(opened);
    ClientSession& session = **opened;
    session.stop().set_on_signals();

    auto responder = std::make_shared<Responder>(options, session);  // also used by the handler
    Result<SubscriptionHandle> subscription = session.connection().subscribe(
        options.subject, options.queue,
        [responder](const Message& request) { responder->handle(request); });
    if (!subscription) return pass(subscription);
    if (Result<> flushed = session.connection().flush(); !flushed) return flushed;
    note(fmt::format("Listening on {} in group {}", go_quoted(options.subject),
                     go_quoted(options.queue)));

    if (Result<bool> stopped = session.wait(); !stopped) return pass(stopped);
    note("Draining...");
    Result<> drained = session.connection().drain();
    note("Exiting");
    return drained;
}

constexpr const char* reply_examples =
    "Examples:\n"
    "  midge reply help 'turn left'\n"
    "  midge reply echo --echo\n"
    "  midge reply 'weather.>' --command 'curl -s wttr.in/{{1}}'\n\n"
    "In --command, {{0}}, {{1}} ... are the tokens of the request's subject, and {{Request}} is "
    "its data;\n"
    "the command also has NATS_REQUEST_SUBJECT and NATS_REQUEST_BODY in its environment.\n"
    "The command runs without a shell, and a value from a request stays within one argument.";

}  // namespace

void add_reply_command(Program& program) {
    auto options = std::make_shared<ReplyOptions>();  // exists as long as the command's callbacks
    CLI::App& app = *program.app.add_subcommand("reply", "Replies to requests");
    app.fallthrough()->footer(reply_examples);
    app.add_option("subject", options->subject, "Subject to listen on")->required();
    app.add_option("body", options->body, "Reply; it may contain templates, see midge pub --help");
    app.add_flag("--echo", options->echo, "Reply with the data and headers of the request");
    app.add_option("--command", options->command, "Reply with the output of this command");
    app.add_option("-q,--queue", options->queue, "Queue group")->capture_default_str();
    add_duration(app, "--sleep", options->sleep_max, "Maximum wait before each reply");
    add_header_option(app, options->headers);
    app.add_option("--count", options->count, "End after this many requests")->type_name("N");
    app.callback([&program, options] {
        program.action = [&program, options] { return run_reply(*options, program.global); };
    });
}

}  // namespace midge::cli
