#include "wire/runner/text.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/text.h"

namespace midge::wire {
namespace {

constexpr std::string_view wide_gap = "   ";
constexpr size_t repetitions_max = 64 * 1024 * 1024;

std::optional<char> hex_byte(std::string_view digits) {
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
    return static_cast<char>(value);
}

// Reads a script text and collects pieces.
class TextParser {
  public:
    TextParser(std::string_view text, Escapes escapes) : text_(text), escapes_(escapes) {}

    Result<std::vector<Piece>> parse() {
        while (at_ < text_.size()) {
            Result<> step;
            if (text_.substr(at_, 2) == "${")
                step = placeholder();
            else if (text_[at_] == '\\' && escapes_ == Escapes::interpreted)
                step = escape();
            else
                literal_ += text_[at_++];
            if (!step) return pass(step);
        }
        end_literal();
        return std::move(pieces_);
    }

  private:
    void end_literal() {
        if (!literal_.empty())
            pieces_.push_back({Piece::Kind::literal, std::exchange(literal_, {})});
    }

    Result<> placeholder() {
        int depth = 0;
        for (size_t i = at_ + 1; i < text_.size(); ++i) {
            if (text_[i] == '{') ++depth;
            if (text_[i] != '}' || --depth > 0) continue;
            end_literal();
            pieces_.push_back(
                {Piece::Kind::placeholder, std::string(text_.substr(at_ + 2, i - at_ - 2))});
            at_ = i + 1;
            return {};
        }
        return fail(Errc::invalid,
                    fmt::format("no end of the placeholder \"{}\"", text_.substr(at_)));
    }

    Result<> escape() {
        const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
        at_ += 2;
        switch (c) {
            case 'r':
                literal_ += '\r';
                return {};
            case 'n':
                literal_ += '\n';
                return {};
            case 't':
                literal_ += '\t';
                return {};
            case '\\':
                literal_ += '\\';
                return {};
            case '|':
                end_literal();
                pieces_.push_back({Piece::Kind::cut, {}});
                return {};
            case 'x':
                if (const auto byte = hex_byte(text_.substr(at_, 2))) {
                    literal_ += *byte;
                    at_ += 2;
                    return {};
                }
                [[fallthrough]];
            default:
                return fail(
                    Errc::invalid,
                    fmt::format(
                        "unknown escape at \"{}\", expected one of \\r \\n \\t \\\\ \\xHH \\|",
                        text_.substr(at_ - 2)));
        }
    }

    std::string_view text_;
    Escapes escapes_;
    size_t at_ = 0;
    std::string literal_;
    std::vector<Piece> pieces_;
};

}  // namespace

Result<std::vector<Piece>> parse_text(std::string_view text, Escapes escapes) {
    return TextParser(text, escapes).parse();
}

Result<std::string> placeholder_value(std::string_view expression, const Lookup& lookup) {
    size_t count = 0;
    const auto [end, error] =
        std::from_chars(expression.data(), expression.data() + expression.size(), count);
    if (error != std::errc() || end == expression.data() + expression.size() || *end != '*') {
        return lookup(expression);
    }
    const auto start = static_cast<size_t>(end - expression.data()) + 1;
    auto unit = expand(expression.substr(start), Escapes::interpreted, lookup);
    if (!unit) return pass(unit);
    if (count * unit->size() > repetitions_max) {
        return fail(Errc::invalid,
                    fmt::format("${{{}}} is over {} bytes", expression, repetitions_max));
    }
    std::string out;
    out.reserve(count * unit->size());
    for (size_t i = 0; i < count; ++i) out += *unit;
    return out;
}

Result<std::vector<std::string>> expand_writes(std::string_view text, const Lookup& lookup) {
    auto pieces = parse_text(text, Escapes::interpreted);
    if (!pieces) return pass(pieces);
    std::vector<std::string> writes(1);
    for (const Piece& piece : *pieces) {
        if (piece.kind == Piece::Kind::cut) {
            writes.emplace_back();
        } else if (piece.kind == Piece::Kind::literal) {
            writes.back() += piece.text;
        } else {
            auto value = placeholder_value(piece.text, lookup);
            if (!value) return pass(value);
            writes.back() += *value;
        }
    }
    return writes;
}

Result<std::string> expand(std::string_view text, Escapes escapes, const Lookup& lookup) {
    auto pieces = parse_text(text, escapes);
    if (!pieces) return pass(pieces);
    std::string out;
    for (const Piece& piece : *pieces) {
        if (piece.kind != Piece::Kind::placeholder) {
            out += piece.text;
            continue;
        }
        auto value = placeholder_value(piece.text, lookup);
        if (!value) return value;
        out += *value;
    }
    return out;
}

std::vector<std::string> split_wide(std::string_view line) {
    std::vector<std::string> parts;
    while (!line.empty()) {
        const size_t gap = line.find(wide_gap);
        parts.emplace_back(line.substr(0, gap));
        if (gap == std::string_view::npos) break;
        const size_t next = line.find_first_not_of(' ', gap);
        line = next == std::string_view::npos ? std::string_view() : line.substr(next);
    }
    return parts;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (const std::string_view word : split(text, ' ')) {
        if (!word.empty()) words.push_back(word);
    }
    return words;
}

}  // namespace midge::wire
