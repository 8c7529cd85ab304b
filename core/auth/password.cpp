#include "auth/password.h"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "auth/bcrypt.h"

namespace midge {
namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::array<unsigned char, crypto_generichash_BYTES> digest_of(std::string_view text) {
    std::array<unsigned char, crypto_generichash_BYTES> digest;
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    return digest;
}

}  // namespace

bool is_bcrypt(std::string_view stored) noexcept {
    constexpr size_t prefix_length = 7;  // "$2a$10$"
    return stored.size() >= prefix_length && stored.starts_with("$2") &&
           std::string_view("abxy").find(stored[2]) != std::string_view::npos && stored[3] == '$' &&
           is_digit(stored[4]) && is_digit(stored[5]) && stored[6] == '$';
}

bool check_password(std::string_view stored, std::string_view offered) {
    if (!is_bcrypt(stored)) return equal_secrets(stored, offered);
    // bcrypt itself ignores further bytes.
    offered = offered.substr(0, bcrypt_password_bytes_max);
    // bcrypt would stop at a NUL, so that passwords with the same beginning would be equal.
    if (offered.find('\0') != std::string_view::npos) return false;
    return bcrypt_matches(stored, offered);
}

Result<std::string> hash_password(std::string_view password, int cost) {
    if (cost < bcrypt_cost_min || cost > bcrypt_cost_max) {
        return fail(Errc::invalid, fmt::format("bcrypt cost is {}, expected {}..{}", cost,
                                               bcrypt_cost_min, bcrypt_cost_max));
    }
    if (password.size() > bcrypt_password_bytes_max) {
        return fail(Errc::invalid,
                    fmt::format("the password is longer than {} bytes", bcrypt_password_bytes_max));
    }
    if (password.find('\0') != std::string_view::npos) {
        return fail(Errc::invalid, "the password holds a NUL character");
    }
    return bcrypt_hash(password, cost);
}

bool equal_secrets(std::string_view stored, std::string_view offered) {
    // Compares digests, so that the time does not depend on the length of the stored text.
    const auto a = digest_of(stored);
    const auto b = digest_of(offered);
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace midge
