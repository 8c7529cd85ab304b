#include "base/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace midge {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

// Bytes that may need an escape: control characters, quotes, characters with a meaning in HTML, and
// all bytes beyond ASCII.
constexpr std::array<bool, 256> make_special() {
    std::array<bool, 256> special{};
    for (size_t c = 0; c < special.size(); ++c) special[c] = c < 0x20 || c >= 0x80;
    for (const unsigned char c : {'"', '\\', '<', '>', '&'}) special[c] = true;
    return special;
}
constexpr std::array<bool, 256> special = make_special();

void append_ascii_escape(std::string& out, unsigned char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\b':
            out += "\\b";
            return;
        case '\f':
            out += "\\f";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    out += "\\u00";
    out += hex_digits[c >> 4];
    out += hex_digits[c & 0xF];
}

// Appends the escaped form of the first character of `text`. Returns the number of bytes it took
// from `text`.
size_t append_special(std::string& out, std::string_view text) {
    const auto c = static_cast<unsigned char>(text.front());
    if (c < 0x80) {
        append_ascii_escape(out, c);
        return 1;
    }
    const size_t length = utf8_length(text);
    if (length == 0) {
        out += "\xEF\xBF\xBD";
        return 1;
    }
    const std::string_view sequence = text.substr(0, length);
    if (sequence == "\xE2\x80\xA8") {
        out += "\\u2028";
    } else if (sequence == "\xE2\x80\xA9") {
        out += "\\u2029";
    } else {
        out += sequence;
    }
    return length;
}

template <class T, class... Format>
void append_number(std::string& out, T number, Format... format) {
    std::array<char, 64> buffer;
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format...).ptr;
    out.append(buffer.data(), end);
}

}  // namespace

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    ++depth_;
    empty_ = true;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    --depth_;
    if (!empty_) new_line();
    out_ += bracket;
    empty_ = false;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    separate();
    append_string(name);
    out_ += ':';
    if (indent_ > 0) out_ += ' ';
    after_key_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    append_string(text);
    return *this;
}

JsonWriter& JsonWriter::value(bool flag) {
    return raw(flag ? "true" : "false");
}

JsonWriter& JsonWriter::value(int64_t number) {
    separate();
    append_number(out_, number);
    return *this;
}

JsonWriter& JsonWriter::value(uint64_t number) {
    separate();
    append_number(out_, number);
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    separate();
    const double size = std::fabs(number);
    if (size == 0 || (size >= 1e-6 && size < 1e21)) {
        append_number(out_, number, std::chars_format::fixed);
        return *this;
    }
    append_number(out_, number, std::chars_format::scientific);
    // Go writes "1e-7" where C++ writes "1e-07".
    if (const size_t n = out_.size(); out_.compare(n - 3, 2, "-0") == 0) out_.erase(n - 2, 1);
    return *this;
}

JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

JsonWriter& JsonWriter::embed(std::string_view json) {
    if (indent_ == 0) return raw(json);
    const auto end_of_scalar = [&](size_t at) {
        if (json[at] != '"') return std::min(json.find_first_of(",:]}", at), json.size());
        for (++at; at < json.size() && json[at] != '"'; ++at) {
            if (json[at] == '\\') ++at;
        }
        return std::min(at + 1, json.size());
    };
    for (size_t at = 0; at < json.size();) {
        const char c = json[at];
        if (c == '{' || c == '[') {
            open(c);
            ++at;
        } else if (c == '}' || c == ']') {
            close(c);
            ++at;
        } else if (c == ',') {
            ++at;  // the next value writes it
        } else {
            const size_t end = end_of_scalar(at);
            separate();
            out_ += json.substr(at, end - at);
            at = end;
            if (at == json.size() || json[at] != ':') continue;
            out_ += ": ";
            after_key_ = true;
            ++at;
        }
    }
    return *this;
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (depth_ == 0) return;
    if (!empty_) out_ += ',';
    empty_ = false;
    new_line();
}

void JsonWriter::new_line() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(indent_) * depth_, ' ');
}

void JsonWriter::append_string(std::string_view text) {
    out_ += '"';
    size_t plain = 0;  // start of the run of bytes that need no escape
    for (size_t i = 0; i < text.size();) {
        if (!special[static_cast<unsigned char>(text[i])]) {
            ++i;
            continue;
        }
        out_.append(text, plain, i - plain);
        i += append_special(out_, text.substr(i));
        plain = i;
    }
    out_.append(text, plain);
    out_ += '"';
}

}  // namespace midge
