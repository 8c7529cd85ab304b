#pragma once
// The data of CONNECT that a client keeps, and its names in the log.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/log_fields.h"
#include "login/login.h"
#include "protocol/connect.h"

namespace midge {

// Owned by the session. Programs that read logs rely on the forms of the labels.
struct ClientProfile {
    // The kind of credentials.
    enum class Offered : uint8_t { nothing, nkey, user, token };

    // `by_jwt`: accounts come from JWTs; otherwise, a JWT of the client is ignored.
    ClientProfile(const ConnectOptions& connect, bool by_jwt);

    // The user or nkey of CONNECT; empty: neither.
    [[nodiscard]] std::string named_user() const;
    // "v1.2:go:name", as far as the client has given these. Cut at 128 bytes to protect the log.
    [[nodiscard]] std::string client_label(std::string_view name) const;
    // "$G/user:a", for a JWT "<account key>/<its name>/jwt:<user key>"; empty for a client that
    // gave no credentials.
    [[nodiscard]] std::string account_label(const LoginGrant& grant) const;
    // "JWT User \"U...\"", "Nkey ...", or "User ...", with the name that it has logged in with.
    [[nodiscard]] static std::string user_label(const ClientProfile* profile,
                                                const LoginGrant& grant);
    // The same for a log with fields: what it calls itself, and the user that it named.
    void add_log_fields(LogFields& fields, std::string_view name) const;
    // The user of a client that could not log in, between "authentication error" and the reason.
    [[nodiscard]] std::string offered_label() const;

    std::string lang, version;
    std::unique_ptr<ConnectCredentials> given;  // defaults for another CONNECT; null: none
    bool shows_jwt = false;                     // events show its JWT
    std::string offered_user;                   // without secrets
    Offered offered = Offered::nothing;

  private:
    // "user:a", "nkey:U...", "token", "jwt:U...".
    [[nodiscard]] std::string login_label(const LoginGrant& grant) const;
};

}  // namespace midge
