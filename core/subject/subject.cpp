#include "subject/subject.h"

#include <algorithm>

namespace midge {
namespace {

constexpr bool is_one(std::string_view token) {
    return token == "*";
}
constexpr bool is_rest(std::string_view token) {
    return token == ">";
}

bool has_white_space(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
    });
}

}  // namespace

Token take_token(std::string_view& rest) noexcept {
    const size_t dot = rest.find(token_separator);
    if (dot == std::string_view::npos) {
        const Token token{rest, false};
        rest = {};
        return token;
    }
    const Token token{rest.substr(0, dot), true};
    rest.remove_prefix(dot + 1);
    return token;
}

bool is_subscribable(std::string_view subject) noexcept {
    while (true) {
        const Token token = take_token(subject);
        if (token.text.empty()) return false;
        if (is_rest(token.text) && token.more) return false;
        if (!token.more) return true;
    }
}

bool is_valid_subject(std::string_view subject) noexcept {
    return is_subscribable(subject) && !has_white_space(subject);
}

bool has_wildcard_token(std::string_view subject) noexcept {
    while (true) {
        const Token token = take_token(subject);
        if (is_one(token.text) || is_rest(token.text)) return true;
        if (!token.more) return false;
    }
}

bool is_literal_subject(std::string_view subject) noexcept {
    return is_valid_subject(subject) && !has_wildcard_token(subject);
}

bool is_matchable(std::string_view subject) noexcept {
    return !subject.empty() && subject.front() != token_separator &&
           subject.back() != token_separator && subject.find("..") == std::string_view::npos;
}

bool is_publishable(std::string_view subject) noexcept {
    return is_matchable(subject) && !has_wildcard_token(subject);
}

size_t count_tokens(std::string_view subject) noexcept {
    return static_cast<size_t>(std::count(subject.begin(), subject.end(), token_separator)) + 1;
}

bool subject_matches(std::string_view pattern, std::string_view subject) noexcept {
    while (true) {
        const Token p = take_token(pattern);
        if (is_rest(p.text) && !p.more) return !subject.empty();
        const Token s = take_token(subject);
        if (!is_one(p.text) && p.text != s.text) return false;
        if (p.more != s.more) return false;
        if (!p.more) return true;
    }
}

bool is_subset(std::string_view inner, std::string_view outer) noexcept {
    while (true) {
        const Token o = take_token(outer);
        if (is_rest(o.text) && !o.more) return !inner.empty();
        const Token i = take_token(inner);
        if (is_rest(i.text) && !i.more) return false;
        if (!is_one(o.text) && (is_one(i.text) || o.text != i.text)) return false;
        if (o.more != i.more) return false;
        if (!o.more) return true;
    }
}

bool overlap(std::string_view a, std::string_view b) noexcept {
    while (true) {
        const Token x = take_token(a);
        const Token y = take_token(b);
        if ((is_rest(x.text) && !x.more) || (is_rest(y.text) && !y.more)) return true;
        if (!is_one(x.text) && !is_one(y.text) && x.text != y.text) return false;
        if (x.more != y.more) return false;
        if (!x.more) return true;
    }
}

}  // namespace midge
