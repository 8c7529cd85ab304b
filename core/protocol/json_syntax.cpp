#include "protocol/json_syntax.h"

#include <fmt/format.h>

#include <cstdint>

#include "base/text.h"
#include "base/wire_error.h"

namespace midge {
namespace {

constexpr std::string_view json_blanks = " \t\r\n";
constexpr char32_t replacement = 0xFFFD;
constexpr size_t unicode_digits = 4;  // after \u

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Goes through a text once. Open containers are on its own stack, so that each level costs one byte
// and no function call.
class SyntaxCheck {
  public:
    explicit SyntaxCheck(std::string_view text) : text_(text) {}

    [[nodiscard]] Result<> run() {
        while (outcome_ && step()) {
        }
        return std::move(outcome_);
    }

  private:
    enum class Expected : uint8_t { value, value_or_end, name, name_or_end, colon, separator };

    // Reads one token. Returns false at the end of a valid text, and on an error.
    [[nodiscard]] bool step() {
        while (at_ < text_.size() && json_blanks.find(text_[at_]) != std::string_view::npos) ++at_;
        const bool done = open_.empty() && expected_ == Expected::separator;
        if (at_ == text_.size()) return done ? false : ends_early();
        if (done) return unexpected("after top-level value");
        const char c = text_[at_];
        switch (expected_) {
            case Expected::value_or_end:
                if (c == ']') return close();
                [[fallthrough]];
            case Expected::value:
                return value(c);
            case Expected::name_or_end:
                if (c == '}') return close();
                [[fallthrough]];
            case Expected::name:
                if (c != '"') return unexpected("looking for beginning of object key string");
                expected_ = Expected::colon;
                return string();
            case Expected::colon:
                if (c != ':') return unexpected("after object key");
                return take(Expected::value);
            case Expected::separator:
                break;
        }
        return separator(c);
    }

    [[nodiscard]] bool separator(char c) {
        const bool in_object = open_.back() == '{';
        if (c == ',') return take(in_object ? Expected::name : Expected::value);
        if (c == (in_object ? '}' : ']')) return close();
        return unexpected(in_object ? "after object key:value pair" : "after array element");
    }

    [[nodiscard]] bool value(char c) {
        expected_ = Expected::separator;
        switch (c) {
            case '{':
            case '[':
                if (open_.size() == json_nesting_max) return refuse("exceeded max depth");
                open_ += c;
                return take(c == '{' ? Expected::name_or_end : Expected::value_or_end);
            case '"':
                return string();
            case 't':
                return literal("true");
            case 'f':
                return literal("false");
            case 'n':
                return literal("null");
            default:
                return c == '-' || is_digit(c) ? number()
                                               : unexpected("looking for beginning of value");
        }
    }

    [[nodiscard]] bool literal(std::string_view word) {
        for (const char expected : word) {
            if (at_ == text_.size()) return ends_early();
            if (text_[at_] != expected)
                return unexpected(fmt::format("in literal {} (expecting '{}')", word, expected));
            ++at_;
        }
        return true;
    }

    [[nodiscard]] bool number() {
        if (text_[at_] == '-') ++at_;
        if (at_ < text_.size() && text_[at_] == '0') {
            ++at_;
        } else if (!digits()) {
            return false;
        }
        if (at_ < text_.size() && text_[at_] == '.') {
            ++at_;
            if (!digits()) return false;
        }
        if (at_ == text_.size() || (text_[at_] | 0x20) != 'e') return true;
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
        return digits();
    }

    // Reads at least one digit.
    [[nodiscard]] bool digits() {
        if (at_ == text_.size()) return ends_early();
        if (!is_digit(text_[at_])) return unexpected("in numeric literal");
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        return true;
    }

    [[nodiscard]] bool string() {
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return true;
            }
            if (static_cast<uint8_t>(c) < 0x20) return unexpected("in string");
            if (c == '\\' && !escape()) return false;
        }
        return ends_early();
    }

    // Stops at the last byte of the escape.
    [[nodiscard]] bool escape() {
        if (++at_ == text_.size()) return ends_early();
        const char c = text_[at_];
        if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) return true;
        if (c != 'u') return bad_escape();
        for (size_t i = 0; i < unicode_digits; ++i) {
            if (at_ + 1 == text_.size()) return ends_early();
            if (hex_value(text_[at_ + 1]) < 0) return bad_escape();
            ++at_;
        }
        return true;
    }

    // The error does not show the digits, because they may be a part of a password.
    [[nodiscard]] bool bad_escape() {
        while (text_[at_ - 1] != '\\') --at_;
        const auto byte = static_cast<uint8_t>(text_[at_]);
        if (byte < 0x20 || byte >= 0x7F)
            return refuse(fmt::format("invalid escape sequence \"\\\\\\x{:02x}\" in string", byte));
        return refuse(fmt::format("invalid escape sequence `\\{}` in string", text_[at_]));
    }

    [[nodiscard]] bool take(Expected next) {
        ++at_;
        expected_ = next;
        return true;
    }
    [[nodiscard]] bool close() {
        open_.pop_back();
        return take(Expected::separator);
    }

    // Always returns false.
    [[nodiscard]] bool refuse(std::string why) {
        outcome_ = fail(Errc::invalid, std::move(why));
        return false;
    }
    [[nodiscard]] bool ends_early() { return refuse("unexpected end of JSON input"); }
    [[nodiscard]] bool unexpected(std::string_view where) {
        return refuse(
            fmt::format("invalid character {} {}", go_quote_character(text_.substr(at_)), where));
    }

    std::string_view text_;
    size_t at_ = 0;
    Expected expected_ = Expected::value;
    std::string open_;  // open containers: '{' and '['
    Result<> outcome_;
};

void append_utf8(std::string& out, char32_t c) {
    const auto continuation = [&](int shift) {
        out += static_cast<char>(0x80 | ((c >> shift) & 0x3F));
    };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        continuation(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        continuation(6);
        continuation(0);
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        continuation(12);
        continuation(6);
        continuation(0);
    }
}

// Returns the number of the escape \uXXXX at the start of `text`, or 0 if there is none.
char32_t unicode_escape(std::string_view text) {
    if (!text.starts_with("\\u")) return 0;
    char32_t value = 0;
    for (const char c : text.substr(2, unicode_digits))
        value = value * 16 + static_cast<char32_t>(hex_value(c));
    return value;
}

// Removes an escape from the start of `text` and appends its character to `out`.
void append_escaped(std::string& out, std::string_view& text) {
    constexpr size_t escape_bytes = 2 + unicode_digits;
    if (text[1] != 'u') {
        constexpr std::string_view letters = "bfnrt";
        constexpr std::string_view meanings = "\b\f\n\r\t";
        const size_t letter = letters.find(text[1]);
        out += letter == std::string_view::npos ? text[1] : meanings[letter];
        text.remove_prefix(2);
        return;
    }
    char32_t c = unicode_escape(text);
    text.remove_prefix(escape_bytes);
    if (c >= 0xD800 && c < 0xE000) {
        const char32_t second = c < 0xDC00 ? unicode_escape(text) : 0;
        if (second >= 0xDC00 && second < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (second - 0xDC00);
            text.remove_prefix(escape_bytes);
        } else {
            c = replacement;
        }
    }
    append_utf8(out, c);
}

size_t end_of_string(std::string_view text) {
    size_t at = 1;
    while (text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return at + 1;
}

}  // namespace

Result<> check_json(std::string_view text) {
    return SyntaxCheck(text).run();
}

std::string_view skip_json_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(json_blanks), text.size()));
}

std::string_view first_json_value(std::string_view text) {
    if (text.front() == '"') return text.substr(0, end_of_string(text));
    if (text.front() != '{' && text.front() != '[')
        return text.substr(0, text.find_first_of(" \t\r\n,]}"));
    size_t depth = 0;
    for (size_t at = 0; at < text.size();) {
        const char c = text[at];
        at += c == '"' ? end_of_string(text.substr(at)) : 1;
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) return text.substr(0, at);
    }
    return text;
}

std::string json_unquote(std::string_view literal) {
    std::string_view text = literal.substr(1, literal.size() - 2);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        if (text.front() == '\\') {
            append_escaped(out, text);
            continue;
        }
        const size_t length = utf8_length(text);
        if (length == 0) {
            append_utf8(out, replacement);
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(std::max<size_t>(length, 1));
    }
    return out;
}

}  // namespace midge
