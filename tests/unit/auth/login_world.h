#pragma once
// An operator, an account and a user whose login succeeds, for tests that then change one part.
#include <functional>
#include <string>
#include <unordered_set>

#include "auth/jwt.h"
#include "auth/jwt_login.h"
#include "unit/auth/token_maker.h"

namespace midge::test {

struct LoginWorld {
    int64_t now = 1'700'000'000;
    KeyPair operator_key = fixed_key(KeyKind::operator_key, 1);
    KeyPair operator_signer = fixed_key(KeyKind::operator_key, 2);
    KeyPair account_key = fixed_key(KeyKind::account, 3);
    KeyPair account_signer = fixed_key(KeyKind::account, 4);
    KeyPair scoped_signer = fixed_key(KeyKind::account, 5);
    KeyPair user_key = fixed_key(KeyKind::user, 6);
    KeyPair stranger_operator = fixed_key(KeyKind::operator_key, 7);
    KeyPair stranger_account = fixed_key(KeyKind::account, 8);
    KeyPair stranger_user = fixed_key(KeyKind::user, 9);

    OperatorClaims operator_claims;
    AccountClaims account_claims;
    UserClaims user_claims;
    const KeyPair* account_issuer = &operator_key;
    const KeyPair* user_issuer = &account_key;

    std::string nonce = "ls5VW6tXWy7_vEc";
    std::string signature;  // made by login() unless it is set
    std::string client_ip = "127.0.0.1";
    ConnectionType connection_type = ConnectionType::standard;
    bool through_trusted_proxy = false;
    std::unordered_set<std::string> pinned;

    // If set, used instead of tokens made from the claims.
    std::string account_token;
    std::string user_token;

    LoginWorld() {
        operator_claims.sub = operator_key.public_key();
        operator_claims.signing_keys = {operator_signer.public_key()};
        account_claims = make_account_claims(account_key.public_key());
        account_claims.name = "ACC";
        UserScope scope;
        scope.key = scoped_signer.public_key();
        scope.template_limits.subs = scope.template_limits.payload = no_limit;
        scope.template_limits.data = no_limit;
        account_claims.signing_keys = {{account_signer.public_key(), std::nullopt},
                                       {scope.key, scope}};
        user_claims = make_user_claims(user_key.public_key());
        user_claims.name = "bob";
    }

    UserScope& scope() { return *account_claims.signing_keys.at(scoped_signer.public_key()); }
    // Makes the user one of the scoped signing key.
    void use_scope() {
        user_issuer = &scoped_signer;
        user_claims.limits = {};
        user_claims.issuer_account = account_key.public_key();
    }

    std::string sign_nonce(const KeyPair& key) const { return base64url_encode(key.sign(nonce)); }

    // Makes the same steps as the broker: token, account by key, decision.
    Result<JwtLogin> login() {
        const auto operator_token = encode(operator_claims, operator_key, now).value();
        const auto trust = TrustedOperators::from({operator_token}, {}).value();
        if (account_token.empty()) {
            account_token = encode(account_claims, *account_issuer, now - 50).value();
        }
        if (user_token.empty()) user_token = encode(user_claims, *user_issuer, now - 40).value();
        if (signature.empty()) signature = sign_nonce(user_key);

        auto user = read_user_token(user_token);
        if (!user) return pass(user);
        if (auto valid = check_user_claims(*user, now); !valid) return pass(valid);
        auto account = decode_account(account_token);
        if (!account) return pass(account);
        return check_login({*user, *account, trust, nonce, signature == "-" ? "" : signature,
                            client_ip, connection_type, through_trusted_proxy, now, pinned});
    }
};

}  // namespace midge::test
