#include "protocol/control_line.h"

#include <fmt/format.h>

#include <array>

#include "base/wire_error.h"

namespace midge {
namespace {

// The bytes that may follow an operation's name.
enum class After : uint8_t {
    blank,     // a blank, then the arguments
    argument,  // the argument, with or without a blank before it
    ignored,   // anything up to the end of the line
};

struct OperationName {
    std::string_view lower;
    Operation operation;
    After after;
};
constexpr std::array<OperationName, 10> operations = {{
    {"pub", Operation::pub, After::blank},
    {"hpub", Operation::hpub, After::blank},
    {"sub", Operation::sub, After::blank},
    {"unsub", Operation::unsub, After::blank},
    {"ping", Operation::ping, After::ignored},
    {"pong", Operation::pong, After::ignored},
    {"connect", Operation::connect, After::argument},
    {"info", Operation::info, After::argument},
    {"+ok", Operation::ok, After::ignored},
    {"-err", Operation::client_error, After::blank},
}};

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
// Separators of the arguments of SUB and UNSUB, as in nats-server; PUB and HPUB allow only blanks.
constexpr bool is_blank_or_line_end(char c) {
    return is_blank(c) || c == '\r' || c == '\n';
}
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool starts_with_lower(std::string_view text, std::string_view name) {
    if (text.size() < name.size()) return false;
    for (size_t i = 0; i < name.size(); ++i) {
        if (lower(text[i]) != name[i]) return false;
    }
    return true;
}

// Fills `out` with the words of `text`. Returns their number, or N + 1 if there are more than N.
template <auto is_separator = is_blank, size_t N>
size_t split_words(std::string_view text, std::array<std::string_view, N>& out) {
    size_t count = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        while (at < end && is_separator(*at)) ++at;
        if (at == end) return count;
        const char* const word = at;
        while (at < end && !is_separator(*at)) ++at;
        if (count == N) return N + 1;
        out[count++] = {word, static_cast<size_t>(at - word)};
    }
}

// Whether there is one space between the words, and nothing after the last word.
template <size_t N>
bool is_usual(std::string_view text, const std::array<std::string_view, N>& words, size_t count) {
    const char* expected = text.data();
    for (size_t i = 0; i < count; ++i) {
        if (words[i].data() != expected) return false;
        expected += words[i].size();
        if (i + 1 < count && *expected++ != ' ') return false;
    }
    return expected == text.data() + text.size();
}

// Returns -1 if `text` is not a decimal number.
int64_t parse_size(std::string_view text) {
    if (text.empty() || text.size() > size_digits_max) return -1;
    int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::string_view arguments_of(std::string_view line, size_t name_size) {
    std::string_view arguments = line.substr(name_size);
    while (!arguments.empty() && is_blank(arguments.front())) arguments.remove_prefix(1);
    // As in nats-server: if there is a CR anywhere after the first byte, the last byte is removed.
    if (arguments.size() > 1 &&
        (arguments.back() == '\r' || arguments.find('\r', 1) != std::string_view::npos))
        arguments.remove_suffix(1);
    return arguments;
}

// Returns the part that a log line shows.
std::string_view shown(std::string_view arguments) {
    constexpr size_t shown_bytes_max = 128;
    return arguments.substr(0, shown_bytes_max);
}

ControlLine with_arguments(std::string_view line, const OperationName& name) {
    if (name.after == After::ignored) return {name.operation, {}};
    const bool has_blank = line.size() > name.lower.size() && is_blank(line[name.lower.size()]);
    if (name.after == After::blank && !has_blank) return {};
    return {name.operation, arguments_of(line, name.lower.size())};
}

}  // namespace

ControlLine split_operation(std::string_view line) noexcept {
    // PUB first, because it is the most frequent operation of a busy server.
    if (starts_with_lower(line, operations[0].lower)) return with_arguments(line, operations[0]);
    for (const OperationName& name : operations) {
        if (starts_with_lower(line, name.lower)) return with_arguments(line, name);
    }
    return {};
}

ControlLine split_partial(std::string_view start) noexcept {
    for (const OperationName& name : operations) {
        const size_t common = std::min(start.size(), name.lower.size());
        if (!starts_with_lower(start, name.lower.substr(0, common))) continue;
        if (start.size() <= name.lower.size()) return {name.operation, {}};
        return with_arguments(start, name);
    }
    return {};
}

bool parse_publish(std::string_view arguments, bool has_header, PublishCommand& out,
                   size_t& body_bytes) noexcept {
    std::array<std::string_view, 4> words;
    const size_t count = split_words(arguments, words);
    const size_t sizes = has_header ? 2 : 1;
    if (count != sizes + 1 && count != sizes + 2) return false;
    out.subject = words[0];
    out.reply = count == sizes + 2 ? words[1] : std::string_view();
    out.size_text = words[count - 1];
    const int64_t total = parse_size(out.size_text);
    const int64_t header = has_header ? parse_size(words[count - 2]) : 0;
    if (total < 0 || header < 0 || header > total) return false;
    out.has_header = has_header;
    out.header_bytes = static_cast<size_t>(header);
    body_bytes = static_cast<size_t>(total);
    if (is_usual(arguments, words, count)) {
        const char* const after_subject = out.subject.data() + out.subject.size();
        out.rest = {after_subject,
                    static_cast<size_t>(arguments.data() + arguments.size() - after_subject)};
    }
    return true;
}

bool parse_subscribe(std::string_view arguments, SubscribeCommand& out) noexcept {
    std::array<std::string_view, 3> words;
    const size_t count = split_words<is_blank_or_line_end>(arguments, words);
    if (count != 2 && count != 3) return false;
    out.subject = words[0];
    out.queue = count == 3 ? words[1] : std::string_view();
    out.sid = words[count - 1];
    return true;
}

bool parse_unsubscribe(std::string_view arguments, std::string_view& sid, int64_t& max) noexcept {
    std::array<std::string_view, 2> words;
    const size_t count = split_words<is_blank_or_line_end>(arguments, words);
    if (count != 1 && count != 2) return false;
    sid = words[0];
    max = count == 2 ? parse_size(words[1]) : 0;
    return true;
}

bool body_may_end_in_crlf(const char* body, size_t available, size_t body_bytes) noexcept {
    if (available > body_bytes && body[body_bytes] != '\r') return false;
    return available <= body_bytes + 1 || body[body_bytes + 1] == '\n';
}

std::string publish_error(std::string_view arguments, bool has_header) {
    const std::string_view function = has_header ? "processHeaderPub" : "processPub";
    std::array<std::string_view, 4> words;
    const size_t count = split_words(arguments, words);
    const size_t sizes = has_header ? 2 : 1;
    if (count != sizes + 1 && count != sizes + 2) return argument_error(function, arguments);
    const auto fault = [&](std::string_view what) {
        return fmt::format("{} {}: {}", function, what, go_quote(shown(arguments)));
    };
    if (!has_header) return fault("Bad or Missing Size");
    if (parse_size(words[count - 2]) < 0) return fault("Bad or Missing Header Size");
    if (parse_size(words[count - 1]) < 0) return fault("Bad or Missing Total Size");
    return fault("Header Size larger then TotalSize");
}

std::string argument_error(std::string_view function, std::string_view arguments) {
    return fmt::format("{} Parse Error: {}", function, go_quote(shown(arguments)));
}

}  // namespace midge
