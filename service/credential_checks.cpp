#include "credential_checks.h"

#include <algorithm>

#include "auth/creds.h"
#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/password.h"
#include "config/config_reader.h"
#include "connection/tls_source.h"

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

bool has_plain_password(const Options& options) {
    const auto& single = options.authorization.password;
    if (!single.empty() && !is_bcrypt(single)) return true;
    const auto maps = [](const std::optional<TlsOptions>& tls) {
        return tls && tls->verify_and_map;
    };
    const bool by_certificate =
        maps(options.tls) || (options.websocket.port != 0 && maps(options.websocket.tls));
    const auto users = all_users(options);
    return std::any_of(users.begin(), users.end(), [&](const UserOptions& user) {
        if (!user.nkey.empty() || (user.password.empty() && by_certificate)) return false;
        return !is_bcrypt(user.password);
    });
}

}  // namespace midge
