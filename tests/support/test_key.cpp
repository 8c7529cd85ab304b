#include "support/test_key.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <utility>

#include "base/encoding.h"

namespace midge::test {
namespace {

constexpr unsigned char seed_prefix = 18 << 3;
constexpr std::array<std::pair<std::string_view, unsigned char>, 3> kinds{
    {{"operator", 14 << 3}, {"account", 0}, {"user", 20 << 3}}};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string with_checksum(std::string raw) {
    const uint16_t crc = crc16(raw);
    raw += static_cast<char>(crc & 0xff);
    raw += static_cast<char>(crc >> 8);
    return base32_encode(raw);
}

}  // namespace

Result<TestKey> TestKey::named(std::string_view name) {
    const size_t slash = name.find('/');
    TestKey key;
    for (const auto& [kind, prefix] : kinds) {
        if (name.substr(0, slash) != kind || slash == std::string_view::npos) continue;
        key.kind_ = kind;
        key.prefix_ = prefix;
    }
    if (key.kind_.empty()) {
        return fail(
            Errc::invalid,
            fmt::format("key \"{}\": expected operator/..., account/... or user/...", name));
    }
    if (sodium_init() < 0) return fail("libsodium does not start");
    const std::string text = "midge test key " + std::string(name);
    key.seed_bytes_.resize(crypto_sign_SEEDBYTES);
    static_assert(crypto_sign_SEEDBYTES == crypto_hash_sha256_BYTES);
    crypto_hash_sha256(bytes_of(key.seed_bytes_), bytes_of(std::string_view(text)), text.size());
    key.public_bytes_.resize(crypto_sign_PUBLICKEYBYTES);
    key.secret_bytes_.resize(crypto_sign_SECRETKEYBYTES);
    crypto_sign_seed_keypair(bytes_of(key.public_bytes_), bytes_of(key.secret_bytes_),
                             bytes_of(key.seed_bytes_));
    return key;
}

std::string TestKey::public_key() const {
    return with_checksum(std::string(1, static_cast<char>(prefix_)) + public_bytes_);
}

std::string TestKey::seed() const {
    std::string raw;
    raw += static_cast<char>(seed_prefix | (prefix_ >> 5));
    raw += static_cast<char>((prefix_ & 31) << 3);
    return with_checksum(raw + seed_bytes_);
}

std::string TestKey::sign(std::string_view bytes) const {
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(bytes), bytes.size(),
                         bytes_of(std::string_view(secret_bytes_)));
    return signature;
}

}  // namespace midge::test
