#pragma once
// Text encodings of nkeys and JWTs (docs/protocol/jwt.md, Keys, Tokens). Strict: a wrong alphabet
// or length, or spare bits that are set, are an error.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

// Bytes are carried in std::string, so that the same functions take bytes and text.

// RFC 4648 base32, upper case, no padding.
[[nodiscard]] std::string base32_encode(std::string_view bytes);
[[nodiscard]] Result<std::string> base32_decode(std::string_view text);

// RFC 4648 section 5, no padding.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
// Accepts the URL and the standard alphabet, with or without padding (NATS clients send both).
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);
// RFC 4648 section 4, padded.
[[nodiscard]] std::string base64_encode(std::string_view bytes);

[[nodiscard]] std::string hex_encode(std::string_view bytes);

// CCITT polynomial 0x1021, initial 0, no reflection (XMODEM).
[[nodiscard]] uint16_t crc16(std::string_view bytes) noexcept;

}  // namespace midge
