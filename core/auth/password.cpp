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
    // bcrypt itself looks at no more.
    offered = offered.substr(0, bcrypt_password_bytes_max);
    // It would end at a NUL, so that all passwords with the same beginning were the same.
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
    // Comparing digests keeps the length of what is stored out of the time.
    const auto a = digest_of(stored);
    const auto b = digest_of(offered);
    return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace midge
