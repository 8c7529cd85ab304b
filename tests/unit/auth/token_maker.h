#pragma once
// Tokens with any header and payload, well-formed or not, for the tests of auth.
#include <string>
#include <string_view>

#include "auth/nkey.h"
#include "base/encoding.h"

namespace midge::test {

inline constexpr std::string_view v2_header = R"({"typ":"JWT","alg":"ed25519-nkey"})";
inline constexpr std::string_view v1_header = R"({"typ":"jwt","alg":"ed25519"})";

inline std::string sign_v2(std::string_view payload, const KeyPair& key,
                           std::string_view header = v2_header) {
    const std::string text = base64url_encode(header) + '.' + base64url_encode(payload);
    return text + '.' + base64url_encode(key.sign(text));
}

// Version 1 signs only the payload.
inline std::string sign_v1(std::string_view payload, const KeyPair& key,
                           std::string_view header = v1_header) {
    const std::string chunk = base64url_encode(payload);
    return base64url_encode(header) + '.' + chunk + '.' + base64url_encode(key.sign(chunk));
}

// Returns the JSON text of the payload.
inline std::string payload_of(std::string_view token) {
    const size_t first = token.find('.') + 1;
    return base64_decode(token.substr(first, token.rfind('.') - first)).value_or(std::string());
}

inline KeyPair fixed_key(KeyKind kind, char fill) {
    // The keys of a test are the same in each run, so that a failure can be reproduced.
    const std::string bytes(32, fill);
    const int prefix = kind == KeyKind::account ? 0 : kind == KeyKind::user ? 20 << 3 : 14 << 3;
    std::string raw;
    raw += static_cast<char>((18 << 3) | (prefix >> 5));
    raw += static_cast<char>((prefix & 31) << 3);
    raw += bytes;
    const uint16_t crc = crc16(raw);
    raw += static_cast<char>(crc & 0xFF);
    raw += static_cast<char>(crc >> 8);
    return KeyPair::from_seed(base32_encode(raw)).value();
}

}  // namespace midge::test
