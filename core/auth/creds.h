#pragma once
// Credentials files and other decorated texts (docs/protocol/jwt.md, Credentials files).
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

// Requires decorated text with LF or CRLF: the first body is the JWT, the second the seed. Does not
// decode them.
[[nodiscard]] Result<Creds> parse_creds(std::string_view text);
// Returns the text of a creds file as tools write it. Requires a user JWT and a user seed
// ("SU...").
[[nodiscard]] std::string format_creds(std::string_view jwt, std::string_view seed);

// `kind`: "user", "account", "operator" or "activation", in any case.
[[nodiscard]] std::string decorate_jwt(std::string_view kind, std::string_view jwt);
// `seed`: "SU...", "SA..." or "SO..."; for other kinds the decoration says only "SEED".
[[nodiscard]] std::string decorate_seed(std::string_view seed);
// Returns the token of a JWT file, bare or decorated. Fails if no text looks like a token.
[[nodiscard]] Result<std::string> parse_jwt_text(std::string_view text);
// Returns the seed of a seed or creds file: a decorated one, or the first line that starts like a
// seed.
[[nodiscard]] Result<std::string> parse_seed_text(std::string_view text);

}  // namespace midge
