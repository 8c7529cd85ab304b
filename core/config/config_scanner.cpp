#include "config/config_scanner.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/wire_error.h"

namespace midge {
namespace {

constexpr bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

constexpr bool is_size_suffix(int c) {
    return std::string_view("kKmMgGtTpPeE").find(static_cast<char>(c)) != std::string_view::npos;
}

// Whether the character ends a number. A ']' does not end a number with a suffix; nats-server reads
// that as text.
constexpr bool ends_number(int c) {
    return is_config_blank(c) || is_config_line_end(c) || c == ConfigScanner::end || c == '}' ||
           c == ';' || c == ',';
}

constexpr bool ends_unquoted(int c) {
    return is_config_blank(c) || is_config_line_end(c) || c == ConfigScanner::end || c == ';' ||
           c == ',' || c == ']' || c == '}';
}

bool is_boolean(std::string_view text) {
    constexpr size_t longest = 5;
    if (text.size() > longest) return false;
    const std::string lower = to_lower_ascii(text);
    return lower == "true" || lower == "yes" || lower == "on" || lower == "false" ||
           lower == "no" || lower == "off";
}

int hex_value(int c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

int ConfigScanner::next() noexcept {
    if (at_ >= text_.size()) return end;
    const int c = byte(at_);
    if (c == '\n') {
        ++line_;
        line_start_ = at_;
    }
    ++at_;
    return c;
}

void ConfigScanner::skip_blanks() noexcept {
    while (is_config_blank(peek())) next();
}

void ConfigScanner::skip_line_ends() noexcept {
    while (is_config_blank(peek()) || is_config_line_end(peek())) next();
}

void ConfigScanner::skip_space() noexcept {
    for (size_t size = space_size(); size > 0; size = space_size()) {
        for (; size > 0; --size) next();
    }
}

bool ConfigScanner::skip_comment() noexcept {
    if (peek() != '#' && text_.substr(at_, 2) != "//") return false;
    while (peek() != end && !is_config_line_end(peek())) next();
    return true;
}

tl::unexpected<Error> ConfigScanner::error(std::string_view message, size_t offset,
                                           std::string_view explanation) {
    return fail(Errc::invalid,
                explained(fmt::format("Parse error on line {}: '{}'", line_, message), offset,
                          explanation));
}

std::string ConfigScanner::explained(std::string_view text, size_t offset,
                                     std::string_view explanation) {
    if (path_.empty()) return std::string(text);
    return with_explanation(text, fmt::format("{}, {}", path_, place(offset).text()), explanation);
}

std::string ConfigScanner::value_name() const {
    return key_.empty() ? "the value" : "the value of " + go_quote(key_);
}

std::string ConfigScanner::long_quote() {
    const TextPlace from = place(quote_begin_), to = place(quote_end_);
    if (from.line == to.line) return {};
    return fmt::format("the quote that opens at {} closes at {}", from.text(), to.text());
}

std::string ConfigScanner::late_value() {
    const TextPlace key = place(key_offset_), value = place(value_begin_);
    if (value.line <= key.line) return {};
    return fmt::format("is {}, at {}, missing?", value_name(), key.text());
}

std::string ConfigScanner::found(int c) const {
    if (c == end) return "the end of the file";
    if (is_config_line_end(c)) return "the end of the line";
    return go_quote(taken(c));
}

std::string ConfigScanner::taken(int c) const {
    if (c == end) return {};
    if (c == '\n') return "\\n";
    if (c < 0x80) return std::string(1, static_cast<char>(c));
    size_t stop = at_;
    while (stop < text_.size() && (byte(stop) & 0xC0) == 0x80 && stop - at_ < 3) ++stop;
    return std::string(text_.substr(at_ - 1, stop - at_ + 1));
}

ConfigScalar ConfigScanner::made(ConfigScalar::Kind kind, std::string text,
                                 const Start& start) const {
    // Columns are computed backwards from the end, as nats-server does. With escapes the result is
    // to the right of the first character.
    const int column = static_cast<int>(at_ - text.size() - start.line_start);
    return {kind, std::move(text), line_, column};
}

Result<ConfigScalar> ConfigScanner::scalar(ConfigPlace place) {
    const size_t begin = at_;
    auto read = scalar_at(place);
    if (!read) return read;
    read->begin = begin;
    value_begin_ = begin;
    if (const std::string_view from = text_.substr(begin);
        from.starts_with('"') || from.starts_with('\'')) {
        quote_begin_ = begin;
        quote_end_ = at_ - 1;
    }
    return read;
}

Result<ConfigScalar> ConfigScanner::scalar_at(ConfigPlace place) {
    const int c = peek();
    switch (c) {
        case '\'':
            next();
            return single_quoted();
        case '"':
            next();
            return double_quoted();
        case '(':
            next();
            return block();
        case '-':
            return negative_number();
        case '.':
            return error("Floats must start with a digit", at_,
                         value_name() + " begins with a point; expected quotes around such a text");
        case '\n':
        case '\r':
            next();
            return error("Expected value but found new line", key_offset_,
                         value_name() + " is missing; expected on the same line");
        default:
            return is_digit(c) ? number_or_text(place) : unquoted(here());
    }
}

tl::unexpected<Error> ConfigScanner::unclosed(const Start& start, char quote) {
    return error("Unexpected EOF.", start.offset - 1,
                 fmt::format("the quote that opens {} here is never closed; expected another {}",
                             value_name(), quote));
}

Result<ConfigScalar> ConfigScanner::single_quoted() {
    const Start start = here();
    while (peek() != '\'') {
        if (next() == end) return unclosed(start, '\'');
    }
    ConfigScalar scalar = made(ConfigScalar::Kind::text, std::string(since(start.offset)), start);
    next();
    return scalar;
}

Result<ConfigScalar> ConfigScanner::double_quoted() {
    const Start start = here();
    std::string out;
    while (peek() != '"') {
        const int c = next();
        if (c == end) return unclosed(start, '"');
        if (c != '\\') {
            out += static_cast<char>(c);
        } else if (auto escaped = escape(out); !escaped) {
            return pass(escaped);
        }
    }
    ConfigScalar scalar = made(ConfigScalar::Kind::text, std::move(out), start);
    next();
    return scalar;
}

// Reads up to a blank, line end, ',', ';', ']' or '}', or including a single quote. The characters
// since `start` belong to it.
Result<ConfigScalar> ConfigScanner::unquoted(const Start& start) {
    std::string out(since(start.offset));
    bool escaped = false;
    while (!ends_unquoted(peek()) && peek() != '\'') {
        const int c = next();
        if (c != '\\') {
            out += static_cast<char>(c);
            continue;
        }
        escaped = true;
        if (auto done = escape(out); !done) return pass(done);
    }
    auto kind = ConfigScalar::Kind::text;
    // If a quote ends it, it is always a text.
    if (!escaped && peek() != '\'') {
        if (is_boolean(out)) kind = ConfigScalar::Kind::boolean;
        if (out.starts_with('$')) {
            kind = ConfigScalar::Kind::variable;
            out.erase(0, 1);
        }
    }
    ConfigScalar scalar = made(kind, std::move(out), start);
    if (peek() == '\'') next();
    return scalar;
}

// Reads up to a ')' that is alone on its line.
Result<ConfigScalar> ConfigScanner::block() {
    const Start start = here();
    while (true) {
        if (peek() == end) {
            return error(
                "Unexpected EOF processing block.", start.offset - 1,
                "the \"(\" that opens here is never closed; expected a \")\" alone on a line");
        }
        const bool first_on_line = at_ > start.offset && text_[at_ - 1] == '\n';
        if (peek() == ')' && first_on_line) {
            const std::string_view rest = text_.substr(at_ + 1);
            if (rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n")) break;
        }
        next();
    }
    ConfigScalar scalar = made(ConfigScalar::Kind::text, std::string(since(start.offset)), start);
    next();
    return scalar;
}

// Reads "4222", "64MB", "1.5", "2020-01-01T00:00:00Z", or a text that starts with a digit:
// "127.0.0.1:4222", "3com".
Result<ConfigScalar> ConfigScanner::number_or_text(ConfigPlace place) {
    const Start start = here();
    while (is_digit(peek())) next();
    const int c = peek();
    if (ends_number(c) || (c == ']' && place == ConfigPlace::in_list)) {
        return made(ConfigScalar::Kind::integer, std::string(since(start.offset)), start);
    }
    next();
    if (c == '-') return after_year(start);
    if (c == '.') return after_point(start);
    if (is_size_suffix(c)) return after_suffix(start);
    return unquoted(start);
}

Result<ConfigScalar> ConfigScanner::negative_number() {
    const Start start = here();
    next();
    const int first = next();
    const auto refuse = [&](std::string_view message) {
        return error(
            message, start.offset,
            fmt::format("{} begins with \"-\"; expected a digit after it, found {}; a text "
                        "needs quotes",
                        value_name(), found(first)));
    };
    if (first == '.') return refuse("Floats must start with a digit, not '.'.");
    if (!is_digit(first))
        return refuse(fmt::format("Expected a digit but got '{}'.", taken(first)));
    while (is_digit(peek())) next();
    if (peek() == '.') {
        next();
        return after_point(start);
    }
    if (is_size_suffix(peek())) {
        next();
        return after_suffix(start);
    }
    return made(ConfigScalar::Kind::integer, std::string(since(start.offset)), start);
}

Result<ConfigScalar> ConfigScanner::after_point(const Start& start) {
    const int first = next();
    if (!is_digit(first)) {
        return error(fmt::format("Floats must have a digit after the '.', but got '{}' instead.",
                                 taken(first)),
                     start.offset,
                     fmt::format("{} begins like a number; expected a digit after its point, found "
                                 "{}; a text needs quotes",
                                 value_name(), found(first)));
    }
    while (is_digit(peek())) next();
    if (peek() != '.')
        return made(ConfigScalar::Kind::real, std::string(since(start.offset)), start);
    // A second point means an address, possibly with a port.
    while (is_digit(peek()) || peek() == '.' || peek() == ':' || peek() == '-') next();
    return made(ConfigScalar::Kind::text, std::string(since(start.offset)), start);
}

Result<ConfigScalar> ConfigScanner::after_suffix(const Start& start) {
    while (peek() == 'b' || peek() == 'B' || peek() == 'i' || peek() == 'I') next();
    if (ends_number(peek())) {
        return made(ConfigScalar::Kind::integer, std::string(since(start.offset)), start);
    }
    return unquoted(start);
}

Result<ConfigScalar> ConfigScanner::after_year(const Start& start) {
    constexpr size_t year_and_dash = 5;
    constexpr std::string_view form = "00-00T00:00:00Z";  // 0 stands for any digit
    const std::string explanation =
        value_name() +
        " begins like a date; expected the form 2006-01-02T15:04:05Z; a text needs quotes";
    if (at_ - start.offset != year_and_dash)
        return error("All ISO8601 dates must be in full Zulu form.", start.offset, explanation);
    for (const char wanted : form) {
        const int c = next();
        if (wanted == '0') {
            if (is_digit(c)) continue;
            return error(fmt::format("Expected digit in ISO8601 datetime, but found '{}' instead.",
                                     taken(c)),
                         start.offset, explanation);
        }
        if (c == wanted) continue;
        return error(fmt::format("Expected '{}' in ISO8601 datetime, but found '{}' instead.",
                                 wanted, taken(c)),
                     start.offset, explanation);
    }
    return made(ConfigScalar::Kind::date, std::string(since(start.offset)), start);
}

Result<> ConfigScanner::escape(std::string& out) {
    const size_t backslash = at_ - 1;
    const int c = next();
    switch (c) {
        case 'x':
            return hex_escape(out);
        case 't':
            out += '\t';
            return {};
        case 'n':
            out += '\n';
            return {};
        case 'r':
            out += '\r';
            return {};
        case '"':
        case '\\':
            out += static_cast<char>(c);
            return {};
        default:
            return error(
                fmt::format("Invalid escape character '{}'. Only the following escape characters "
                            "are allowed: \\xXX, \\t, \\n, \\r, \\\", \\\\.",
                            taken(c)),
                backslash,
                fmt::format("{} has a backslash before {}; expected two for one that stays, or "
                            "single quotes around the text",
                            value_name(), found(c)));
    }
}

// Like nats-server, consumes two characters, whatever they are, and reads the last two bytes.
Result<> ConfigScanner::hex_escape(std::string& out) {
    constexpr size_t digits = 2;
    const size_t backslash = at_ - digits;
    const std::string explanation =
        value_name() + " has a \"\\x\"; expected two digits or letters a-f after it";
    for (size_t i = 0; i < digits; ++i) {
        if (is_config_line_end(next())) {
            return error("Expected two hexadecimal digits after '\\x', but hit end of line",
                         backslash, explanation);
        }
        while (peek() != end && (peek() & 0xC0) == 0x80) next();
    }
    const std::string_view taken_last = text_.substr(at_ - digits, digits);
    const int high = hex_value(taken_last[0]), low = hex_value(taken_last[1]);
    if (high < 0 || low < 0) {
        return error(
            fmt::format("Expected two hexadecimal digits after '\\x', but got '{}'", taken_last),
            backslash, explanation);
    }
    out += static_cast<char>(high * 16 + low);
    return {};
}

}  // namespace midge
