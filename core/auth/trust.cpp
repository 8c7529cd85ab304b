#include "auth/trust.h"

#include <fmt/format.h>

#include "auth/jwt.h"
#include "auth/server_version.h"
#include "base/version.h"
#include "base/wire_error.h"

namespace midge {

Result<TrustedOperators> TrustedOperators::from(const std::vector<std::string>& operator_jwts,
                                                const std::vector<std::string>& trusted_keys) {
    if (!operator_jwts.empty() && !trusted_keys.empty()) {
        return fail(Errc::invalid, "conflicting options for 'TrustedKeys' and 'TrustedOperators'");
    }
    TrustedOperators out;
    for (const auto& key : trusted_keys) {
        if (!is_public_key(KeyKind::operator_key, key)) {
            return fail(Errc::invalid, fmt::format("trusted key {} is not a public operator nkey",
                                                   go_quote(key.substr(0, public_key_length))));
        }
        out.issuers_[key] = false;
    }
    for (size_t i = 0; i < operator_jwts.size(); ++i) {
        auto claims = decode_operator(operator_jwts[i]);
        if (!claims) {
            return fail(Errc::invalid,
                        fmt::format("operator JWT {}: {}", i + 1, claims.error().text));
        }
        if (claims->iss != claims->sub) {
            return fail(Errc::invalid, fmt::format("operator JWT {} is not self-signed", i + 1));
        }
        if (auto ok = check_server_version(claims->assert_server_version, nats_version); !ok) {
            return fail(Errc::invalid, fmt::format("operator {} {}", claims->sub, ok.error().text));
        }
        const bool strict = claims->strict_signing_key_usage;
        if (!strict) out.issuers_[claims->sub] = false;
        for (const auto& key : claims->signing_keys) {
            if (is_public_key(KeyKind::operator_key, key)) out.issuers_[key] = strict;
        }
        if (out.system_account.empty()) out.system_account = claims->system_account;
        out.operators_.push_back(std::move(*claims));
    }
    if (!out.operators_.empty()) {
        out.account_server_url = out.operators_.front().account_server_url;
        out.strict_signing_key_usage = out.operators_.front().strict_signing_key_usage;
    }
    return out;
}

bool TrustedOperators::trusts(std::string_view issuer) const {
    return issuers_.contains(std::string(issuer));
}

bool TrustedOperators::strict(std::string_view issuer) const {
    const auto found = issuers_.find(std::string(issuer));
    return found != issuers_.end() && found->second;
}

}  // namespace midge
