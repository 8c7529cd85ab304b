#include "auth/claims.h"

#include <sodium.h>

#include <array>

#include "base/encoding.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Returns the tokens before the first wildcard token, or "_" if there are none.
std::string_view literal_part(std::string_view subject) {
    std::string_view rest = subject;
    while (true) {
        const Token token = take_token(rest);
        if (token.text == "*" || token.text == ">") {
            const auto begin = static_cast<size_t>(token.text.data() - subject.data());
            return begin == 0 ? std::string_view("_") : subject.substr(0, begin - 1);
        }
        if (!token.more) return subject;
    }
}

}  // namespace

std::string_view export_type_text(ExportType type) noexcept {
    switch (type) {
        case ExportType::stream:
            return "stream";
        case ExportType::service:
            return "service";
        case ExportType::unknown:
            break;
    }
    return "unknown";
}

bool is_revoked(const RevocationMap& revocations, const std::string& key, int64_t iat) {
    const auto covers = [&](const std::string& name) {
        const auto found = revocations.find(name);
        return found != revocations.end() && found->second >= iat;
    };
    return covers("*") || covers(key);
}

AccountClaims make_account_claims(std::string account_key) {
    AccountClaims claims;
    claims.sub = std::move(account_key);
    AccountLimits& limits = claims.limits;
    limits.subs = limits.data = limits.payload = no_limit;
    limits.imports = limits.exports = limits.conn = limits.leaf = no_limit;
    limits.wildcards = true;
    return claims;
}

UserClaims make_user_claims(std::string user_key) {
    UserClaims claims;
    claims.sub = std::move(user_key);
    claims.limits.subs = claims.limits.data = claims.limits.payload = no_limit;
    return claims;
}

std::string activation_hash(const ActivationClaims& claims) {
    std::string text = claims.iss + '.' + claims.sub + '.';
    text += literal_part(claims.import_subject);
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    std::string hash = base32_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
    constexpr size_t base32_group = 8;
    while (hash.size() % base32_group != 0) hash.push_back('=');
    return hash;
}

}  // namespace midge
