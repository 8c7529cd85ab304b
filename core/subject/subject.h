#pragma once
// Functions for subjects: validity, wildcards, containment (docs/protocol/subjects.md, Subjects).
// Comparison is by bytes and case-sensitive.
#include <string_view>

namespace midge {

inline constexpr char token_separator = '.';

// Whether the subject has only non-empty tokens between dots, no white space, and '>' only as the
// last token. '*' and '>' within longer tokens are literal.
[[nodiscard]] bool is_valid_subject(std::string_view subject) noexcept;
// The same, but white space is allowed. A client may subscribe to such subjects, as in nats-server.
[[nodiscard]] bool is_subscribable(std::string_view subject) noexcept;
// Whether the subject is valid and has no wildcard tokens.
[[nodiscard]] bool is_literal_subject(std::string_view subject) noexcept;
// Whether any token is a wildcard. Does not check validity.
[[nodiscard]] bool has_wildcard_token(std::string_view subject) noexcept;
// Whether a message published to `subject` can reach a subscriber: no token is empty. Wildcard
// tokens are taken literally.
[[nodiscard]] bool is_matchable(std::string_view subject) noexcept;
// Whether a pedantic client may publish to it: matchable, and without wildcard tokens.
[[nodiscard]] bool is_publishable(std::string_view subject) noexcept;
[[nodiscard]] size_t count_tokens(std::string_view subject) noexcept;

// Whether `pattern` matches the literal `subject`. '*' matches one token, '>' matches one or more
// at the end.
[[nodiscard]] bool subject_matches(std::string_view pattern, std::string_view subject) noexcept;
// Whether `outer` matches every subject that `inner` matches.
[[nodiscard]] bool is_subset(std::string_view inner, std::string_view outer) noexcept;
// Whether both match some literal subject.
[[nodiscard]] bool overlap(std::string_view a, std::string_view b) noexcept;

// Removes the first token from `rest`: "a.b" -> "a", rest "b". `more` tells whether another token
// follows.
struct Token {
    std::string_view text;
    bool more = false;
};
[[nodiscard]] Token take_token(std::string_view& rest) noexcept;

}  // namespace midge
