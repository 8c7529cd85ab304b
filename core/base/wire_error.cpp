#include "base/wire_error.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::array<std::string_view, 16> error_texts = {
    "Unknown Protocol Operation",
    "maximum control line exceeded",
    "Maximum Payload Violation",
    "invalid client protocol",
    "no responders requires headers support",
    "Authorization Violation",
    "Authentication Timeout",
    "User Authentication Expired",
    "Account Authentication Expired",
    "User Authentication Revoked",
    "maximum connections exceeded",
    "maximum account active connections exceeded",
    "Stale Connection",
    "maximum subscriptions exceeded",
    "Invalid Subject",
    "Invalid Publish Subject",
};
static_assert(error_texts.size() == static_cast<size_t>(WireError::invalid_publish_subject) + 1);

std::string quote_ascii(char c) {
    switch (c) {
        case '\a':
            return "\\a";
        case '\b':
            return "\\b";
        case '\f':
            return "\\f";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        case '\v':
            return "\\v";
        case '\\':
            return "\\\\";
        case '"':
            return "\\\"";
        default:
            break;
    }
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte == 0x7F) return fmt::format("\\x{:02x}", byte);
    return std::string(1, c);
}

}  // namespace

std::string_view wire_text(WireError error) noexcept {
    return error_texts[static_cast<size_t>(error)];
}

std::string err_line(WireError error) {
    return fmt::format("-ERR '{}'\r\n", wire_text(error));
}

std::string publish_violation_line(std::string_view subject) {
    return fmt::format("-ERR 'Permissions Violation for Publish to {}'\r\n", go_quote(subject));
}

std::string reply_violation_line(std::string_view subject) {
    return fmt::format("-ERR 'Permissions Violation for Publish with Reply of {}'\r\n",
                       go_quote(subject));
}

std::string subscribe_violation_line(std::string_view subject, std::string_view queue) {
    if (queue.empty()) {
        return fmt::format("-ERR 'Permissions Violation for Subscription to {}'\r\n",
                           go_quote(subject));
    }
    return fmt::format("-ERR 'Permissions Violation for Subscription to {} using queue {}'\r\n",
                       go_quote(subject), go_quote(queue));
}

std::string subscription_removed_line(std::string_view subject, std::string_view queue,
                                      std::string_view sid) {
    std::string line = subscribe_violation_line(subject, queue);
    line.resize(line.size() - std::string_view("'\r\n").size());
    return line + fmt::format(" (sid {})'\r\n", go_quote(sid));
}

std::string too_many_tokens_line(std::string_view subject) {
    return fmt::format("-ERR 'Permissions Violation for Subscription to {}, too many tokens'\r\n",
                       go_quote(subject));
}

std::string go_quote(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const size_t length = utf8_length(text);
        if (length == 0) {
            out += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
            text.remove_prefix(1);
        } else if (length == 1) {
            out += quote_ascii(text[0]);
            text.remove_prefix(1);
        } else {
            // Go escapes the few non-printing code points above ASCII; printable text is what
            // subjects hold.
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    out += '"';
    return out;
}

}  // namespace midge
