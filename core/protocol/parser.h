#pragma once
// Parses the client protocol into calls (docs/protocol/client-protocol.md, Framing, Commands).
// Handles only complete commands: the caller keeps an incomplete command, and passes it again
// together with the bytes that follow.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "protocol/control_line.h"
#include "protocol/info.h"
#include "protocol/publish_repeat.h"
#include "protocol/unknown_error.h"

namespace midge {

enum class ParseStatus : uint8_t {
    need_more,          // all complete commands are consumed
    stopped,            // a handler answered false; the rest is not consumed
    unknown_operation,  // -ERR 'Unknown Protocol Operation'
    bad_arguments,      // closed without -ERR
    line_too_long,      // -ERR 'maximum control line exceeded'
    payload_too_big,    // -ERR 'Maximum Payload Violation'
    headers_unsupported,
    connect_expected,  // -ERR 'Authorization Violation'
};

struct ParseOutcome {
    ParseStatus status = ParseStatus::need_more;
    size_t consumed = 0;
    // With need_more: the total size of the incomplete command at `consumed`, or 0 if that is not
    // known yet. With payload_too_big: the size of the payload.
    size_t wanted = 0;
    // With unknown_operation, if the error is behind the body of a message: the subject of that
    // message, as a view of the input.
    std::string_view subject = {};
    // With unknown_operation and bad_arguments: the log text of nats-server, e.g. "processPub Parse
    // Error: \"foo\"".
    std::string detail;
};

struct ParserLimits {
    size_t control_line_bytes_max = 4096;     // arguments of one line, without the operation's name
    int64_t payload_bytes_max = 1024 * 1024;  // negative: unlimited
    bool headers = false;                     // HPUB is allowed
    bool connect_required = false;            // only CONNECT is allowed
};

// Handler: on_publish(const PublishCommand&), on_subscribe(const SubscribeCommand&),
// on_unsubscribe(sid, max), on_ping(), on_pong(), on_connect(json), on_client_error(text). Each
// returns whether to continue. Views are valid during the call. A handler may change `limits`
// (CONNECT does).
template <class Handler>
class CommandParser {
  public:
    CommandParser(std::string_view input, const ParserLimits& limits, Handler& handler)
        : begin_(input.data()),
          end_(begin_ + input.size()),
          at_(begin_),
          limits_(limits),
          handler_(handler) {}

    [[nodiscard]] ParseOutcome run() {
        while (at_ < end_ && next()) {
        }
        outcome_.consumed = static_cast<size_t>(at_ - begin_);
        return std::move(outcome_);
    }

  private:
    // Handles one command. Returns false if it is incomplete, or if parsing ends here.
    [[nodiscard]] bool next() {
        size_t body_bytes = 0;
        if (const char* const body = repeat_.read(at_, end_, body_bytes)) [[likely]] {
            return publish_body(repeat_.command(), body, body_bytes);
        }
        return next_line();
    }

    // A separate function, because the code above does most of the work of a busy server.
    [[nodiscard, gnu::noinline]] bool next_line() {
        if (limits_.connect_required && (*at_ | 0x20) != 'c')
            return finish(ParseStatus::connect_expected);
        const auto* newline =
            static_cast<const char*>(std::memchr(at_, '\n', static_cast<size_t>(end_ - at_)));
        const ControlLine line = newline != nullptr
                                     ? split_operation({at_, static_cast<size_t>(newline - at_)})
                                     : split_partial({at_, static_cast<size_t>(end_ - at_)});
        if (line.operation == Operation::unknown) return unknown(find_unknown({at_, end_}));
        if (too_long(line, newline != nullptr ? newline : end_))
            return finish(ParseStatus::line_too_long);
        if (newline == nullptr) return finish(ParseStatus::need_more);
        if (line.operation == Operation::pub || line.operation == Operation::hpub)
            return publish_line(line, newline + 1);
        repeat_.forget();
        return other_command(line, newline + 1);
    }

    // Blanks, and the text after PING, are not arguments, but occupy memory until the line ends.
    // The check is the same for complete and incomplete lines, so that the result does not depend
    // on how the input is cut.
    [[nodiscard]] bool too_long(const ControlLine& line, const char* line_end) const {
        constexpr size_t name_bytes_max = 16;  // including the blank and the end of the line
        return line.arguments.size() > limits_.control_line_bytes_max ||
               static_cast<size_t>(line_end - at_) >
                   limits_.control_line_bytes_max + name_bytes_max;
    }

    [[nodiscard]] bool publish_line(const ControlLine& line, const char* body) {
        const bool has_header = line.operation == Operation::hpub;
        if (has_header && !limits_.headers) return finish(ParseStatus::headers_unsupported);
        PublishCommand command;
        size_t body_bytes = 0;
        if (!parse_publish(line.arguments, has_header, command, body_bytes)) {
            outcome_.detail = publish_error(line.arguments, has_header);
            return finish(ParseStatus::bad_arguments);
        }
        // The line can be passed on as it is only if it ends with CRLF, without another byte before
        // it.
        const char* const end = line.arguments.data() + line.arguments.size();
        if (end + 2 != body || *end != '\r') command.rest = {};
        // The next line may have a size with more digits, and must stay within the limit, too.
        const bool fits = line.arguments.size() + size_digits_max <= limits_.control_line_bytes_max;
        fits ? repeat_.remember(at_, command) : repeat_.forget();
        return publish_body(command, body, body_bytes);
    }

    [[nodiscard]] bool publish_body(PublishCommand& command, const char* body, size_t body_bytes) {
        if (limits_.payload_bytes_max >= 0 &&
            static_cast<int64_t>(body_bytes) > limits_.payload_bytes_max) [[unlikely]] {
            outcome_.wanted = body_bytes;
            return finish(ParseStatus::payload_too_big);
        }
        const auto available = static_cast<size_t>(end_ - body);
        if (!body_may_end_in_crlf(body, available, body_bytes)) [[unlikely]]
            return bad_body_end(command, body + body_bytes);
        const char* const next_command = body + body_bytes + 2;
        if (available < body_bytes + 2) {
            outcome_.wanted = static_cast<size_t>(body - at_) + body_bytes + 2;
            return finish(ParseStatus::need_more);
        }
        command.body = {body, body_bytes};
        // `rest` came from the previous command or from the line; it continues up to the end of the
        // body.
        if (!command.rest.empty()) {
            const char* const rest = command.subject.data() + command.subject.size();
            command.rest = {rest, static_cast<size_t>(next_command - rest)};
        }
        // Commands often have similar sizes: prefetches the command after the next while the next
        // one is handled.
        __builtin_prefetch(next_command + (next_command - at_));
        at_ = next_command;
        return go_on(handler_.on_publish(command));
    }

    // A line feed right after the blank that follows an operation's name is the first byte of the
    // arguments, as in nats-server; the next line feed ends them. This does not apply to PUB and
    // HPUB, where the line feed would be a part of the subject and break the lines that receivers
    // get.
    [[nodiscard]] bool read_on(const char* arguments) {
        const auto* newline = static_cast<const char*>(
            std::memchr(arguments, '\n', static_cast<size_t>(end_ - arguments)));
        const char* const line_end = newline != nullptr ? newline : end_;
        const ControlLine line = split_operation({at_, line_end});
        if (too_long(line, line_end)) return finish(ParseStatus::line_too_long);
        if (newline == nullptr) return finish(ParseStatus::need_more);
        return other_command(line, newline + 1);
    }

    [[nodiscard]] bool other_command(const ControlLine& line, const char* next_command) {
        if (line.arguments.empty() && takes_arguments(line.operation)) return read_on(next_command);
        switch (line.operation) {
            case Operation::sub: {
                SubscribeCommand command;
                if (!parse_subscribe(line.arguments, command))
                    return bad_arguments("processSub", line);
                at_ = next_command;
                return go_on(handler_.on_subscribe(command));
            }
            case Operation::unsub: {
                std::string_view sid;
                int64_t max = 0;
                if (!parse_unsubscribe(line.arguments, sid, max))
                    return bad_arguments("processUnsub", line);
                at_ = next_command;
                return go_on(handler_.on_unsubscribe(sid, max));
            }
            case Operation::ping:
                at_ = next_command;
                return go_on(handler_.on_ping());
            case Operation::pong:
                at_ = next_command;
                return go_on(handler_.on_pong());
            case Operation::connect:
                at_ = next_command;
                return go_on(handler_.on_connect(line.arguments));
            case Operation::client_error:
                at_ = next_command;
                return go_on(handler_.on_client_error(line.arguments));
            case Operation::info:
                if (auto good = check_info(line.arguments); !good) {
                    outcome_.detail = std::move(good.error().text);
                    return finish(ParseStatus::bad_arguments);
                }
                [[fallthrough]];
            default:
                at_ = next_command;
                return true;  // INFO and +OK have no effect on a server
        }
    }

    [[nodiscard]] bool go_on(bool wanted) { return wanted || finish(ParseStatus::stopped); }
    [[nodiscard]] bool bad_arguments(std::string_view function, const ControlLine& line) {
        outcome_.detail = argument_error(function, line.arguments);
        return finish(ParseStatus::bad_arguments);
    }
    [[nodiscard, gnu::noinline]] bool bad_body_end(const PublishCommand& command,
                                                   const char* body_end) {
        outcome_.subject = command.subject;
        return unknown(find_body_end_fault({at_, end_}, body_end));
    }
    [[nodiscard, gnu::noinline]] bool unknown(const UnknownAt& fault) {
        outcome_.detail = unknown_error({begin_, end_}, fault);
        return finish(ParseStatus::unknown_operation);
    }
    // Always returns false.
    bool finish(ParseStatus status) {
        outcome_.status = status;
        return false;
    }

    const char* const begin_;
    const char* const end_;
    const char* at_;
    const ParserLimits& limits_;
    Handler& handler_;
    PublishRepeat repeat_;
    ParseOutcome outcome_;
};

template <class Handler>
[[nodiscard]] ParseOutcome parse_commands(std::string_view input, const ParserLimits& limits,
                                          Handler& handler) {
    return CommandParser<Handler>(input, limits, handler).run();
}

}  // namespace midge
