#pragma once
// NKeys: Ed25519 keys whose text shows their kind (docs/protocol/jwt.md, Keys).
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

enum class KeyKind { account, user, operator_key, server, cluster, curve };

inline constexpr size_t public_key_length = 56;     // characters
inline constexpr size_t seed_text_length = 58;      // characters
inline constexpr size_t signature_byte_count = 64;  // raw bytes

// A key pair with its secret, which is wiped when the object is destroyed. Move-only; a moved-from
// pair may only be destroyed or assigned to. Const functions are usable from any thread.
class KeyPair {
  public:
    // Makes a new key from the system's random source.
    [[nodiscard]] static KeyPair generate(KeyKind kind);
    // `seed_text`: "SU...", "SA...", "SO...", "SN...", "SC..." or "SX...", 58 characters,
    // optionally with white space around it. Fails with Errc::invalid if the alphabet, length,
    // prefix or checksum is wrong. The error does not contain the seed.
    [[nodiscard]] static Result<KeyPair> from_seed(std::string_view seed_text);

    KeyPair(KeyPair&& other) noexcept;
    KeyPair& operator=(KeyPair&& other) noexcept;
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;
    ~KeyPair();

    [[nodiscard]] KeyKind kind() const noexcept { return kind_; }
    // "U...", "A...": 56 characters.
    [[nodiscard]] const std::string& public_key() const noexcept { return public_key_; }
    // Returns the secret as text. Requires: the caller wipes it (base/text.h).
    [[nodiscard]] std::string seed() const;
    // Returns the Ed25519 signature, 64 raw bytes. Requires: kind() != curve, because X25519 keys
    // cannot sign.
    [[nodiscard]] std::string sign(std::string_view message) const;
    // Encrypts `plain` so that only the owner of `receiver_key` ("X...") can read it, and can
    // verify that it is from this key. The result is "xkv1", a nonce and a NaCl box. Requires:
    // kind() == curve. Fails with Errc::invalid if `receiver_key` is not a curve key.
    [[nodiscard]] Result<std::string> seal(std::string_view plain,
                                           std::string_view receiver_key) const;
    // Decrypts a text that the owner of `sender_key` sealed for this key. Requires: kind() ==
    // curve. Fails with Errc::invalid for any other text.
    [[nodiscard]] Result<std::string> open(std::string_view sealed,
                                           std::string_view sender_key) const;

  private:
    KeyPair(KeyKind kind, std::string seed_bytes);

    KeyKind kind_;
    std::string seed_bytes_;  // 32 bytes
    std::string public_key_;
};

// Returns the kind of a public key. No value if the alphabet, length, checksum or prefix is wrong.
[[nodiscard]] std::optional<KeyKind> public_key_kind(std::string_view text);
[[nodiscard]] bool is_public_key(KeyKind kind, std::string_view text);

// Whether `signature_bytes` (64 raw bytes) is the key's signature of `message`. False for malformed
// input and for curve keys.
[[nodiscard]] bool verify_signature(std::string_view public_key_text, std::string_view message,
                                    std::string_view signature_bytes);

}  // namespace midge
