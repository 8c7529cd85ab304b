#pragma once
// Splits a configuration text into scalars with their lines and columns
// (docs/protocol/configuration.md, Syntax).
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/white_space.h"
#include "config/config_scalar.h"
#include "config/text_place.h"

namespace midge {

// The place of a scalar. A ']' right after digits ends a number in a list; elsewhere it is text.
enum class ConfigPlace : uint8_t { after_key, in_list };

// Reads a text from start to end. A local variable of the parser; the text must outlive it.
class ConfigScanner {
  public:
    static constexpr int end = -1;

    // `path` is the name of the text in explanations. With an empty path, errors have no
    // explanation.
    ConfigScanner(std::string_view text, std::string_view path)
        : text_(text), path_(path), places_(text) {}

    [[nodiscard]] int peek() const noexcept { return at_ < text_.size() ? byte(at_) : end; }
    // Consumes the next byte; returns `end` if there is none.
    int next() noexcept;
    [[nodiscard]] size_t offset() const noexcept { return at_; }
    [[nodiscard]] std::string_view since(size_t start) const noexcept {
        return text_.substr(start, at_ - start);
    }
    [[nodiscard]] int line() const noexcept { return line_; }
    [[nodiscard]] int column() const noexcept { return static_cast<int>(at_ - line_start_); }

    void skip_blanks() noexcept;     // blanks and tabs
    void skip_line_ends() noexcept;  // these and line ends
    void skip_space() noexcept;      // all white space of Unicode
    // Returns the size in bytes of the blank or line end at this position, or 0 if there is none.
    [[nodiscard]] size_t space_size() const noexcept { return white_space_size(text_.substr(at_)); }
    // Consumes "# ..." or "// ..." up to the end of the line, if it is at this position.
    bool skip_comment() noexcept;

    // Reads the scalar at this position.
    [[nodiscard]] Result<ConfigScalar> scalar(ConfigPlace place);

    // Returns "Parse error on line 2: '...' -- server.conf, line 2, column 5: <explanation>", with
    // the place of `offset`.
    [[nodiscard]] tl::unexpected<Error> error(std::string_view message, size_t offset,
                                              std::string_view explanation);
    // Returns `text` with the explanation at its end.
    [[nodiscard]] std::string explained(std::string_view text, size_t offset,
                                        std::string_view explanation);
    [[nodiscard]] TextPlace place(size_t offset) { return places_.at(offset); }
    // Sets the key whose value is read next, for explanations.
    void set_key(std::string key, size_t offset) {
        key_ = std::move(key);
        key_offset_ = offset;
    }
    // "the value of \"port\""
    [[nodiscard]] std::string value_name() const;
    // Returns the begin and the end of the last quoted text if it has several lines, and an empty
    // text otherwise.
    [[nodiscard]] std::string long_quote();
    // Returns the place of a key whose value seems to be missing, because the value was found on a
    // later line; otherwise an empty text.
    [[nodiscard]] std::string late_value();
    [[nodiscard]] bool key_ends_with_bracket() const {
        return key_.ends_with('{') || key_.ends_with('[');
    }
    // Describes the last result of next() in explanations: `"x"`, "the end of the line".
    [[nodiscard]] std::string found(int c) const;
    // Returns the last character of next() as messages show it; empty at the end of the text.
    [[nodiscard]] std::string taken(int c) const;

  private:
    struct Start {
        size_t offset;
        size_t line_start;
    };

    [[nodiscard]] unsigned char byte(size_t at) const noexcept {
        return static_cast<unsigned char>(text_[at]);
    }
    [[nodiscard]] Start here() const noexcept { return {at_, line_start_}; }
    [[nodiscard]] ConfigScalar made(ConfigScalar::Kind kind, std::string text,
                                    const Start& start) const;

    Result<ConfigScalar> scalar_at(ConfigPlace place);
    // Fails because the quote before `start` is never closed.
    tl::unexpected<Error> unclosed(const Start& start, char quote);
    Result<ConfigScalar> single_quoted();
    Result<ConfigScalar> double_quoted();
    Result<ConfigScalar> unquoted(const Start& start);
    Result<ConfigScalar> block();
    Result<ConfigScalar> number_or_text(ConfigPlace place);
    Result<ConfigScalar> negative_number();
    Result<ConfigScalar> after_point(const Start& start);
    Result<ConfigScalar> after_suffix(const Start& start);
    Result<ConfigScalar> after_year(const Start& start);
    // Consumes the text after a backslash, and appends the character that it means.
    Result<> escape(std::string& out);
    Result<> hex_escape(std::string& out);

    std::string_view text_;
    std::string_view path_;
    TextPlaces places_;
    std::string key_;
    size_t key_offset_ = 0;
    size_t value_begin_ = 0;                  // begin of the last scalar
    size_t quote_begin_ = 0, quote_end_ = 0;  // begin and end of the last quoted text
    size_t at_ = 0;
    int line_ = 1;
    size_t line_start_ = 0;  // offset of the line end before this line; 0 on the first line
};

[[nodiscard]] constexpr bool is_config_blank(int c) noexcept {
    return c == ' ' || c == '\t';
}
[[nodiscard]] constexpr bool is_config_line_end(int c) noexcept {
    return c == '\n' || c == '\r';
}
[[nodiscard]] constexpr bool is_key_separator(int c) noexcept {
    return c == '=' || c == ':';
}

}  // namespace midge
