#pragma once
// Client protocol: bytes -> calls (spec client-protocol.md 1 and 5). Works on whole commands: what is incomplete stays with the
// caller, who brings it again with the bytes that follow.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "protocol/command_line.h"

namespace midge {

struct PublishCommand {
    std::string_view subject;
    std::string_view reply;    // empty: none
    bool has_header = false;   // HPUB
    size_t header_bytes = 0;   // at the start of `body`
    std::string_view body;     // header and payload, without the CRLF
    std::string_view size_text;  // of the body as the client wrote it ("007"), which is how it is passed on
};

struct SubscribeCommand {
    std::string_view subject;
    std::string_view queue;  // empty: none
    std::string_view sid;
};

enum class ParseStatus : uint8_t {
    need_more,          // all complete commands are consumed
    stopped,            // a handler answered false; the rest is not consumed
    unknown_operation,  // -ERR 'Unknown Protocol Operation'
    bad_arguments,      // closed without -ERR
    line_too_long,      // -ERR 'maximum control line exceeded'
    payload_too_big,    // -ERR 'Maximum Payload Violation'
    headers_unsupported,
    connect_expected,   // -ERR 'Authorization Violation'
};

struct ParseOutcome {
    ParseStatus status = ParseStatus::need_more;
    size_t consumed = 0;
    // With need_more: bytes that the incomplete command at `consumed` has in all, 0 if its length is not known yet.
    size_t wanted = 0;
    // With bad_arguments: text for the log, e.g. "processPub Parse Error: \"foo\"".
    std::string detail;
};

struct ParserLimits {
    size_t control_line_bytes_max = 4096;  // arguments of one line, without the operation's name
    int64_t payload_bytes_max = 1024 * 1024;  // negative: unlimited
    bool headers = false;           // HPUB is allowed
    bool connect_required = false;  // nothing but CONNECT is
};

// Handler: on_publish(const PublishCommand&), on_subscribe(const SubscribeCommand&), on_unsubscribe(sid, max), on_ping(),
// on_pong(), on_connect(json), on_client_error(text), all returning whether to go on. Views last for the call. A handler may
// change `limits` (CONNECT does).
template <class Handler>
[[nodiscard]] ParseOutcome parse_commands(std::string_view input, const ParserLimits& limits, Handler& handler) {
    const char* const begin = input.data();
    const char* const end = begin + input.size();
    const char* at = begin;
    ParseOutcome outcome;
    const auto finish = [&](ParseStatus status) {
        outcome.status = status;
        outcome.consumed = static_cast<size_t>(at - begin);
        return outcome;
    };
    while (at < end) {
        if (limits.connect_required && (*at | 0x20) != 'c') return finish(ParseStatus::connect_expected);
        const auto* newline = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
        const CommandLine line = newline != nullptr ? split_operation({at, static_cast<size_t>(newline - at)})
                                                    : split_partial({at, static_cast<size_t>(end - at)});
        if (line.operation == Operation::unknown) return finish(ParseStatus::unknown_operation);
        if (line.arguments.size() > limits.control_line_bytes_max) return finish(ParseStatus::line_too_long);
        if (newline == nullptr) return finish(ParseStatus::need_more);
        const char* const next = newline + 1;
        bool go_on = true;
        switch (line.operation) {
            case Operation::pub:
            case Operation::hpub: {
                const bool has_header = line.operation == Operation::hpub;
                if (has_header && !limits.headers) return finish(ParseStatus::headers_unsupported);
                PublishCommand command;
                size_t body_bytes = 0;
                if (!parse_publish(line.arguments, has_header, command, body_bytes)) {
                    outcome.detail = argument_error(has_header ? "processHeaderPub" : "processPub", line.arguments);
                    return finish(ParseStatus::bad_arguments);
                }
                if (limits.payload_bytes_max >= 0 && static_cast<int64_t>(body_bytes) > limits.payload_bytes_max) {
                    return finish(ParseStatus::payload_too_big);
                }
                const auto available = static_cast<size_t>(end - next);
                if (!body_may_end_in_crlf(next, available, body_bytes)) {
                    return finish(ParseStatus::unknown_operation);
                }
                if (available < body_bytes + 2) {
                    outcome.wanted = static_cast<size_t>(next - at) + body_bytes + 2;
                    return finish(ParseStatus::need_more);
                }
                command.body = {next, body_bytes};
                at = next + body_bytes + 2;
                go_on = handler.on_publish(command);
                break;
            }
            case Operation::sub: {
                SubscribeCommand command;
                if (!parse_subscribe(line.arguments, command)) {
                    outcome.detail = argument_error("processSub", line.arguments);
                    return finish(ParseStatus::bad_arguments);
                }
                at = next;
                go_on = handler.on_subscribe(command);
                break;
            }
            case Operation::unsub: {
                std::string_view sid;
                int64_t max = 0;
                if (!parse_unsubscribe(line.arguments, sid, max)) {
                    outcome.detail = argument_error("processUnsub", line.arguments);
                    return finish(ParseStatus::bad_arguments);
                }
                at = next;
                go_on = handler.on_unsubscribe(sid, max);
                break;
            }
            case Operation::ping: at = next; go_on = handler.on_ping(); break;
            case Operation::pong: at = next; go_on = handler.on_pong(); break;
            case Operation::connect: at = next; go_on = handler.on_connect(line.arguments); break;
            case Operation::client_error: at = next; go_on = handler.on_client_error(line.arguments); break;
            case Operation::info:
            case Operation::ok: at = next; break;
            case Operation::unknown: break;
        }
        if (!go_on) return finish(ParseStatus::stopped);
    }
    return finish(ParseStatus::need_more);
}

}  // namespace midge
