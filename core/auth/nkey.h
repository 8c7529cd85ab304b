#pragma once
// NKeys: Ed25519 keys with a text form that tells their role (spec jwt-nkeys.md 1).
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

enum class KeyKind { account, user, operator_key, server, cluster, curve };

inline constexpr size_t public_key_length = 56;     // characters
inline constexpr size_t seed_text_length = 58;      // characters
inline constexpr size_t signature_byte_count = 64;  // raw bytes

// A key pair with its secret, which is wiped when the object ends. Move-only; a moved-from pair may
// only be destroyed or assigned to. Const functions are safe from any thread.
class KeyPair {
  public:
    // A fresh key from the system's random source.
    [[nodiscard]] static KeyPair generate(KeyKind kind);
    // `seed_text`: "SU...", "SA...", "SO...", "SN...", "SC..." or "SX...", 58 characters, white
    // space around it allowed. Fails with Errc::invalid on a wrong alphabet, length, prefix or
    // checksum; the error does not show the seed.
    [[nodiscard]] static Result<KeyPair> from_seed(std::string_view seed_text);

    KeyPair(KeyPair&& other) noexcept;
    KeyPair& operator=(KeyPair&& other) noexcept;
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;
    ~KeyPair();

    [[nodiscard]] KeyKind kind() const noexcept { return kind_; }
    // "U...", "A...": 56 characters.
    [[nodiscard]] const std::string& public_key() const noexcept { return public_key_; }
    // The secret's text; the caller wipes it (base/text.h) when done.
    [[nodiscard]] std::string seed() const;
    // The Ed25519 signature, 64 raw bytes. Requires kind() != curve: X25519 keys do not sign.
    [[nodiscard]] std::string sign(std::string_view message) const;
    // `plain` for the owner of `receiver_key` ("X...") alone, who can tell that it comes from this
    // key: "xkv1", a nonce and a NaCl box. Requires kind() == curve. Fails with Errc::invalid on
    // what is not a curve key.
    [[nodiscard]] Result<std::string> seal(std::string_view plain,
                                           std::string_view receiver_key) const;
    // What the owner of `sender_key` sealed for this key. Requires kind() == curve. Fails with
    // Errc::invalid on anything else.
    [[nodiscard]] Result<std::string> open(std::string_view sealed,
                                           std::string_view sender_key) const;

  private:
    KeyPair(KeyKind kind, std::string seed_bytes);

    KeyKind kind_;
    std::string seed_bytes_;  // 32 bytes
    std::string public_key_;
};

// The role of a public key's text; nothing unless alphabet, length, checksum and prefix are right.
[[nodiscard]] std::optional<KeyKind> public_key_kind(std::string_view text);
[[nodiscard]] bool is_public_key(KeyKind kind, std::string_view text);

// Whether `signature_bytes` (64 raw bytes) is the key's signature of `message`. False for anything
// malformed and for curve keys.
[[nodiscard]] bool verify_signature(std::string_view public_key_text, std::string_view message,
                                    std::string_view signature_bytes);

}  // namespace midge
