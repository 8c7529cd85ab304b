#pragma once
// How a client comes to its account, stays in it, and leaves it (docs/protocol/client-protocol.md,
// CONNECT).
#include <memory>
#include <string>
#include <string_view>

#include "client/client_state.h"
#include "login/login.h"
#include "net/reactor.h"

namespace midge {

class Connection;

// What new claims of an account mean to those who are connected.
struct AccountTerms {
    std::shared_ptr<const AccountClaims> claims;
    std::shared_ptr<const Permissions> default_permissions;  // null: everything
};

// Owned by a session, for its connection and state; the thread of its loop. Its functions may close
// the connection.
class ClientLogin {
  public:
    ClientLogin(Connection& connection, ClientState& client) noexcept
        : connection_(connection), client_(client) {}
    ~ClientLogin();
    ClientLogin(const ClientLogin&) = delete;
    ClientLogin& operator=(const ClientLogin&) = delete;

    // Before the first INFO.
    void prepare();
    // Of the first INFO; empty: no login of this listener needs a nonce.
    [[nodiscard]] const std::string& nonce() const noexcept { return nonce_; }
    // The stream is ready: a client that needs no login enters its account, for others the time
    // until CONNECT begins to run.
    void open();
    // CONNECT, with its JSON. While somebody decides about it, input is paused.
    void connect(std::string_view json);
    // A client that begins with something else than CONNECT enters an account, if nobody has to log
    // in, or if the configuration names a user for it (`no_auth_user`). False: it may not.
    [[nodiscard]] bool enter_without_connect();
    // The login has failed: tells the log, the events and the client, and closes.
    void refuse(const Error& why, const LoginCase& how);
    // The connection closes.
    void stop_waiting();
    void leave_account();

    // Settings have changed: limits too, and a client that may no longer be here is closed. False:
    // it was closed.
    [[nodiscard]] bool renew_for_settings();
    // The claims of the account were replaced: limits and default permissions change, and a client
    // that may no longer be here is closed.
    void renew_for_claims(const AccountTerms& terms);

  private:
    void ask(LoginRequest request);
    void finish(const Authenticator& judge, LoginRequest request, Result<LoginGrant> grant,
                const LoginCase& how);
    [[nodiscard]] bool accept(LoginGrant grant);
    [[nodiscard]] bool enter_account(LoginGrant grant);
    void start_deadline();
    void start_expiry_timer();

    // client_renewal.cpp
    void apply_limits();
    void renew_account();
    [[nodiscard]] Renewal renew_grant();
    void renew_limits();

    Connection& connection_;
    ClientState& client_;
    std::string nonce_;
    Waiting waiting_;  // null: nobody is asked about the login now
    TimerId deadline_ = no_timer, expiry_ = no_timer;
};

}  // namespace midge
