#include "credential_checks.h"

#include "auth/creds.h"
#include "auth/jwt.h"
#include "auth/nkey.h"
#include "broker/tls_source.h"
#include "config/config_reader.h"

namespace midge {

CredentialChecks credential_checks() {
    CredentialChecks checks;
    checks.operator_jwt = [](const std::string& content) -> Result<std::string> {
        auto token = parse_jwt_text(content);
        if (!token) return token;
        if (auto claims = decode_operator(*token); !claims) return pass(claims);
        return token;
    };
    checks.account_jwt = [](const std::string& jwt) -> Result<> {
        if (auto claims = decode_account(jwt); !claims) return pass(claims);
        return {};
    };
    checks.public_key = [](const std::string& key, char role) {
        if (role == ConfigReader::any_role) return public_key_kind(key).has_value();
        const KeyKind kind = role == 'O'   ? KeyKind::operator_key
                             : role == 'A' ? KeyKind::account
                             : role == 'X' ? KeyKind::curve
                                           : KeyKind::user;
        return is_public_key(kind, key);
    };
    checks.tls = [](const TlsOptions& tls) -> Result<> {
        if (auto source = TlsSource::from(tls); !source) return pass(source);
        return {};
    };
    return checks;
}

}  // namespace midge
