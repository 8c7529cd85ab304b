#pragma once
// Credentials files and other decorated texts (spec jwt-nkeys.md 3).
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

inline constexpr size_t creds_bytes_max = 4 * 1024 * 1024;

// The owner wipes `seed` (base/text.h) when done.
struct Creds {
    std::string jwt;
    std::string seed;
};

// The first decorated body is the JWT, the second the seed. LF and CRLF. Neither is decoded here.
[[nodiscard]] Result<Creds> parse_creds(std::string_view text);
// The text of a creds file as tools write it. Requires a user JWT and a user seed ("SU...").
[[nodiscard]] std::string format_creds(std::string_view jwt, std::string_view seed);

// `kind`: "user", "account", "operator", "activation", any case.
[[nodiscard]] std::string decorate_jwt(std::string_view kind, std::string_view jwt);
// `seed`: "SU...", "SA..." or "SO..."; other kinds are named by "SEED" alone.
[[nodiscard]] std::string decorate_seed(std::string_view seed);
// The token of a JWT file, bare or decorated. Fails if there is nothing that looks like one.
[[nodiscard]] Result<std::string> parse_jwt_text(std::string_view text);
// The seed of a seed or creds file: decorated, or the first line that starts as a seed does.
[[nodiscard]] Result<std::string> parse_seed_text(std::string_view text);

}  // namespace midge
