#include "auth/nkey.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cassert>
#include <cstdint>

#include "base/encoding.h"
#include "base/random.h"
#include "base/text.h"

namespace midge {
namespace {

constexpr size_t key_bytes = 32;
constexpr size_t crc_bytes = 2;
constexpr std::string_view seal_version = "xkv1";
constexpr size_t seal_nonce_bytes = crypto_box_NONCEBYTES;
constexpr size_t seal_overhead = seal_version.size() + seal_nonce_bytes + crypto_box_MACBYTES;
static_assert(crypto_sign_SEEDBYTES == key_bytes && crypto_sign_PUBLICKEYBYTES == key_bytes);
static_assert(crypto_scalarmult_BYTES == key_bytes && crypto_scalarmult_SCALARBYTES == key_bytes);
static_assert(crypto_sign_BYTES == signature_byte_count);

// Five bits for the role at the upper end, so that the first base32 letter shows the role.
constexpr uint8_t seed_prefix = 18 << 3;
struct KindPrefix {
    KeyKind kind;
    uint8_t prefix;
};
constexpr std::array<KindPrefix, 6> kind_prefixes = {{
    {KeyKind::account, 0},
    {KeyKind::user, 20 << 3},
    {KeyKind::operator_key, 14 << 3},
    {KeyKind::server, 13 << 3},
    {KeyKind::cluster, 2 << 3},
    {KeyKind::curve, 23 << 3},
}};

uint8_t prefix_of(KeyKind kind) {
    for (const auto& entry : kind_prefixes) {
        if (entry.kind == kind) return entry.prefix;
    }
    assert(false);
    return 0;
}

std::optional<KeyKind> kind_of(uint8_t prefix) {
    for (const auto& entry : kind_prefixes) {
        if (entry.prefix == prefix) return entry.kind;
    }
    return std::nullopt;
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

// Returns the text of prefix, key bytes and their checksum. Wipes its argument, which may be a
// seed.
std::string encode_checked(std::string raw) {
    const uint16_t crc = crc16(raw);
    raw.reserve(raw.size() + crc_bytes);
    raw.push_back(static_cast<char>(crc & 0xFF));
    raw.push_back(static_cast<char>(crc >> 8));
    std::string text = base32_encode(raw);
    wipe(raw);
    return text;
}

// Returns prefix and key bytes if alphabet, length and checksum are right. Requires: the caller
// wipes them.
std::optional<std::string> decode_checked(std::string_view text, size_t text_length,
                                          size_t raw_length) {
    if (text.size() != text_length) return std::nullopt;
    auto raw = base32_decode(text);
    if (!raw || raw->size() != raw_length + crc_bytes) return std::nullopt;
    const auto low = static_cast<uint8_t>((*raw)[raw_length]);
    const auto high = static_cast<uint8_t>((*raw)[raw_length + 1]);
    const bool intact = crc16(std::string_view(*raw).substr(0, raw_length)) == (low | (high << 8));
    raw->resize(raw_length);
    if (intact) return std::move(*raw);
    wipe(*raw);
    return std::nullopt;
}

struct PublicKey {
    KeyKind kind;
    std::string bytes;
};

std::optional<PublicKey> decode_public(std::string_view text) {
    auto raw = decode_checked(text, public_key_length, 1 + key_bytes);
    if (!raw) return std::nullopt;
    const auto kind = kind_of(static_cast<uint8_t>(raw->front()));
    if (!kind) return std::nullopt;
    return PublicKey{*kind, raw->substr(1)};
}

// The expanded Ed25519 secret key, wiped when destroyed.
struct SecretKey {
    std::array<unsigned char, crypto_sign_SECRETKEYBYTES> bytes;
    std::array<unsigned char, key_bytes> public_bytes;

    explicit SecretKey(std::string_view seed) {
        crypto_sign_seed_keypair(public_bytes.data(), bytes.data(), bytes_of(seed));
    }
    SecretKey(const SecretKey&) = delete;
    SecretKey& operator=(const SecretKey&) = delete;
    ~SecretKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

std::string public_text(KeyKind kind, std::string_view seed) {
    std::string raw(1 + key_bytes, static_cast<char>(prefix_of(kind)));
    if (kind == KeyKind::curve) {
        crypto_scalarmult_base(bytes_of(raw) + 1, bytes_of(seed));
    } else {
        const SecretKey secret(seed);
        raw.replace(1, key_bytes, reinterpret_cast<const char*>(secret.public_bytes.data()),
                    key_bytes);
    }
    return encode_checked(std::move(raw));
}

}  // namespace

KeyPair::KeyPair(KeyKind kind, std::string seed_bytes)
    : kind_(kind),
      seed_bytes_(std::move(seed_bytes)),
      public_key_(public_text(kind, seed_bytes_)) {}

KeyPair::KeyPair(KeyPair&& other) noexcept
    : kind_(other.kind_),
      seed_bytes_(std::move(other.seed_bytes_)),
      public_key_(std::move(other.public_key_)) {}

KeyPair& KeyPair::operator=(KeyPair&& other) noexcept {
    if (this == &other) return *this;
    wipe(seed_bytes_);
    kind_ = other.kind_;
    seed_bytes_ = std::move(other.seed_bytes_);
    public_key_ = std::move(other.public_key_);
    return *this;
}

KeyPair::~KeyPair() {
    wipe(seed_bytes_);
}

KeyPair KeyPair::generate(KeyKind kind) {
    return {kind, random_bytes(key_bytes)};
}

Result<KeyPair> KeyPair::from_seed(std::string_view seed_text) {
    auto raw = decode_checked(trim(seed_text), seed_text_length, 2 + key_bytes);
    if (!raw) {
        return fail(Errc::invalid, fmt::format("not a seed: expected {} characters of base32 with "
                                               "a right checksum",
                                               seed_text_length));
    }
    const auto first = static_cast<uint8_t>((*raw)[0]);
    const auto second = static_cast<uint8_t>((*raw)[1]);
    const auto kind = kind_of(static_cast<uint8_t>(((first & 7) << 5) | (second >> 3)));
    // Spare bits must be zero. Otherwise two texts would be the same seed.
    const bool is_seed = (first & 0xF8) == seed_prefix && (second & 7) == 0 && kind;
    if (!is_seed) {
        wipe(*raw);
        return fail(Errc::invalid, "not a seed: the prefix is not one of SO, SA, SU, SN, SC, SX");
    }
    std::string seed = raw->substr(2);
    wipe(*raw);
    return KeyPair(*kind, std::move(seed));
}

std::string KeyPair::seed() const {
    const uint8_t prefix = prefix_of(kind_);
    std::string raw;
    // Without this, growing would leave copies of the seed in memory.
    raw.reserve(2 + key_bytes + crc_bytes);
    raw.push_back(static_cast<char>(seed_prefix | (prefix >> 5)));
    raw.push_back(static_cast<char>((prefix & 31) << 3));
    raw += seed_bytes_;
    return encode_checked(std::move(raw));
}

std::string KeyPair::sign(std::string_view message) const {
    assert(kind_ != KeyKind::curve);
    const SecretKey secret(seed_bytes_);
    std::string signature(signature_byte_count, '\0');
    crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(message), message.size(),
                         secret.bytes.data());
    return signature;
}

Result<std::string> KeyPair::seal(std::string_view plain, std::string_view receiver_key) const {
    assert(kind_ == KeyKind::curve);
    const auto receiver = decode_public(receiver_key);
    if (!receiver || receiver->kind != KeyKind::curve) {
        return fail(Errc::invalid, "the receiver's key is not a public curve key");
    }
    std::string sealed(seal_version);
    sealed += random_bytes(seal_nonce_bytes);
    sealed.resize(seal_overhead + plain.size());
    unsigned char* const nonce = bytes_of(sealed) + seal_version.size();
    if (crypto_box_easy(nonce + seal_nonce_bytes, bytes_of(plain), plain.size(), nonce,
                        bytes_of(std::string_view(receiver->bytes)),
                        bytes_of(std::string_view(seed_bytes_))) != 0) {
        return fail(Errc::invalid, "the receiver's key gives no secret");
    }
    return sealed;
}

Result<std::string> KeyPair::open(std::string_view sealed, std::string_view sender_key) const {
    assert(kind_ == KeyKind::curve);
    const auto sender = decode_public(sender_key);
    if (!sender || sender->kind != KeyKind::curve) {
        return fail(Errc::invalid, "the sender's key is not a public curve key");
    }
    if (sealed.size() < seal_overhead || !sealed.starts_with(seal_version)) {
        return fail(Errc::invalid, "not sealed by an xkey");
    }
    const std::string_view nonce = sealed.substr(seal_version.size(), seal_nonce_bytes);
    const std::string_view box = sealed.substr(seal_version.size() + seal_nonce_bytes);
    std::string plain(sealed.size() - seal_overhead, '\0');
    if (crypto_box_open_easy(bytes_of(plain), bytes_of(box), box.size(), bytes_of(nonce),
                             bytes_of(std::string_view(sender->bytes)),
                             bytes_of(std::string_view(seed_bytes_))) != 0) {
        return fail(Errc::invalid, "not sealed by this sender for this receiver");
    }
    return plain;
}

std::optional<KeyKind> public_key_kind(std::string_view text) {
    const auto key = decode_public(text);
    return key ? std::optional(key->kind) : std::nullopt;
}

bool is_public_key(KeyKind kind, std::string_view text) {
    return public_key_kind(text) == kind;
}

bool verify_signature(std::string_view public_key_text, std::string_view message,
                      std::string_view signature_bytes) {
    if (signature_bytes.size() != signature_byte_count) return false;
    const auto key = decode_public(public_key_text);
    if (!key || key->kind == KeyKind::curve) return false;
    return crypto_sign_verify_detached(bytes_of(signature_bytes), bytes_of(message), message.size(),
                                       bytes_of(std::string_view(key->bytes))) == 0;
}

}  // namespace midge
