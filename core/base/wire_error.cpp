#include "base/wire_error.h"

#include <fmt/format.h>

#include <algorithm>
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
        default:
            break;
    }
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte == 0x7F) return fmt::format("\\x{:02x}", byte);
    return std::string(1, c);
}

struct CodePoints {
    char32_t first, last;
};

// Code points beyond ASCII that Go does not print: blanks, control, format and private use
// characters. Of the unassigned code points, only those that will never be assigned are included.
constexpr auto unprintable = std::to_array<CodePoints>({
    {0x80, 0xA0},       {0xAD, 0xAD},       {0x600, 0x605},      {0x61C, 0x61C},
    {0x6DD, 0x6DD},     {0x70F, 0x70F},     {0x890, 0x891},      {0x8E2, 0x8E2},
    {0x1680, 0x1680},   {0x180E, 0x180E},   {0x2000, 0x200F},    {0x2028, 0x202F},
    {0x205F, 0x206F},   {0x3000, 0x3000},   {0xE000, 0xF8FF},    {0xFDD0, 0xFDEF},
    {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF}, {0xE01F0, 0x10FFFF},
});

// Requires: `sequence` is one whole UTF-8 sequence of more than one byte.
char32_t code_point(std::string_view sequence) {
    constexpr std::array<unsigned char, 5> first_bits = {0, 0, 0x1F, 0x0F, 0x07};
    char32_t code = static_cast<unsigned char>(sequence[0]) & first_bits[sequence.size()];
    for (const char c : sequence.substr(1))
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
    return code;
}

std::string quote_sequence(std::string_view sequence) {
    const char32_t code = code_point(sequence);
    for (const CodePoints& range : unprintable) {
        if (code < range.first || code > range.last) continue;
        const auto number = static_cast<uint32_t>(code);
        return number < 0x10000 ? fmt::format("\\u{:04x}", number)
                                : fmt::format("\\U{:08x}", number);
    }
    return std::string(sequence);
}

// Quotes the first character, without escaping quotation marks.
std::string quote_first(std::string_view text) {
    const size_t length = utf8_length(text);
    if (length == 0) return fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    return length == 1 ? quote_ascii(text[0]) : quote_sequence(text.substr(0, length));
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
        out += text[0] == '"' ? "\\\"" : quote_first(text);
        text.remove_prefix(std::max<size_t>(utf8_length(text), 1));
    }
    out += '"';
    return out;
}

std::string go_quote_character(std::string_view text) {
    return fmt::format("'{}'", text[0] == '\'' ? "\\'" : quote_first(text));
}

}  // namespace midge
