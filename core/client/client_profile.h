#pragma once
// What a client has said of itself.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/log_fields.h"
#include "login/login.h"
#include "protocol/connect.h"

namespace midge {

// Of its CONNECT, and how the log names it by that. Log watchers know these forms.
struct ClientProfile {
    // What a client logs in with.
    enum class Offered : uint8_t { nothing, nkey, user, token };

    // `by_jwt`: accounts come from JWTs, else a JWT of the client says nothing.
    ClientProfile(const ConnectOptions& connect, bool by_jwt);

    // The user or nkey that it named; empty: neither.
    [[nodiscard]] std::string named_user() const;
    // "v1.2:go:name", of what the client gave. Cut, so that it cannot flood the log.
    [[nodiscard]] std::string client_label(std::string_view name) const;
    // "$G/user:a", for a JWT "<account key>/<its name>/jwt:<user key>"; empty for a client that
    // gave no credentials.
    [[nodiscard]] std::string account_label(const LoginGrant& grant) const;
    // The same for a log with fields: what it calls itself, and the user that it named.
    void add_log_fields(LogFields& fields, std::string_view name) const;
    // The user of a client that could not log in, between "authentication error" and the reason.
    [[nodiscard]] std::string offered_label() const;

    std::string lang, version;
    std::unique_ptr<ConnectCredentials> given;  // for another CONNECT; null: none
    bool shows_jwt = false;                     // to events
    std::string offered_user;                   // as the log may show it
    Offered offered = Offered::nothing;
    Waiting login;  // of the login under way

  private:
    // "user:a", "nkey:U...", "token", "jwt:U...".
    [[nodiscard]] std::string login_label(const LoginGrant& grant) const;
};

}  // namespace midge
