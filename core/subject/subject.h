#pragma once
// Subjects as text: validity, wildcards, containment (spec client-protocol.md 5). Byte exact,
// case-sensitive.
#include <string_view>

namespace midge {

inline constexpr char token_separator = '.';

// Non-empty tokens between dots, no white space, '>' only as the last token. '*' and '>' inside
// longer tokens are literal.
[[nodiscard]] bool is_valid_subject(std::string_view subject) noexcept;
// The same but for white space: what a client may subscribe to, as in nats-server.
[[nodiscard]] bool is_subscribable(std::string_view subject) noexcept;
// A valid subject without wildcard tokens.
[[nodiscard]] bool is_literal_subject(std::string_view subject) noexcept;
// Whether some token is a wildcard; says nothing about validity.
[[nodiscard]] bool has_wildcard_token(std::string_view subject) noexcept;
// Whether a message published to `subject` can reach anybody: no empty token (wildcard tokens are
// taken literally).
[[nodiscard]] bool is_matchable(std::string_view subject) noexcept;
// Whether a pedantic client may publish there: matchable, and without wildcard tokens.
[[nodiscard]] bool is_publishable(std::string_view subject) noexcept;
[[nodiscard]] size_t count_tokens(std::string_view subject) noexcept;

// Whether the literal `subject` is matched by `pattern` ('*' one token, '>' one or more at the
// end).
[[nodiscard]] bool subject_matches(std::string_view pattern, std::string_view subject) noexcept;
// Whether every subject that `inner` matches is matched by `outer`.
[[nodiscard]] bool is_subset(std::string_view inner, std::string_view outer) noexcept;
// Whether some literal subject is matched by both.
[[nodiscard]] bool overlap(std::string_view a, std::string_view b) noexcept;

// Takes the first token off `rest`: "a.b" -> "a", rest "b"; `more` says whether another token
// follows.
struct Token {
    std::string_view text;
    bool more = false;
};
[[nodiscard]] Token take_token(std::string_view& rest) noexcept;

}  // namespace midge
