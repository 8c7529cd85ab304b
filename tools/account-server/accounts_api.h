#pragma once
// The answers of the account server (docs/protocol/account-server.md, HTTP interface).
#include <optional>
#include <set>
#include <string>

#include "account-server/http_listener.h"
#include "account-server/notifier.h"
#include "account/account_resolver.h"
#include "auth/claims.h"
#include "base/log.h"
#include "base/result.h"

namespace midge::tools {

// The operator of the accounts that may be posted.
struct ServedOperator {
    std::string jwt;
    OperatorClaims claims;
};

// The account that is served even if the store does not have it.
struct ServedSystemAccount {
    std::string jwt;
    std::string public_key;
};

// Answers HTTP requests. Owned by the server; called from several threads. Requires: the resolver
// and the log outlive it. The notifier may be null.
class AccountsApi {
  public:
    struct Parts {
        AccountResolver& resolver;
        Notifier* notifier;
        Logger& log;
        std::optional<ServedOperator> served_operator;
        std::optional<ServedSystemAccount> system_account;
        int64_t pack_max;  // negative: unlimited
    };
    explicit AccountsApi(Parts parts);

    [[nodiscard]] HttpReply handle(const HttpRequest& request) const;

  private:
    [[nodiscard]] HttpReply get_operator(const HttpRequest& request) const;
    [[nodiscard]] HttpReply get_account(const HttpRequest& request,
                                        const std::string& account) const;
    [[nodiscard]] HttpReply get_claims(const HttpRequest& request, const std::string& jwt) const;
    [[nodiscard]] HttpReply post_account(const HttpRequest& request,
                                         const std::string& account) const;
    [[nodiscard]] HttpReply get_pack(const HttpRequest& request) const;
    [[nodiscard]] Result<std::string> load(const std::string& account) const;
    // Returns the error in posted claims, or no value if they may be stored.
    [[nodiscard]] std::optional<HttpReply> refuse_claims(const AccountClaims& claims,
                                                         const std::string& account) const;
    // Returns a text/plain reply with a line break, and logs it.
    [[nodiscard]] HttpReply refuse(int status, std::string text,
                                   const std::string& detail = {}) const;

    const Parts parts_;
    std::set<std::string> trusted_;  // the operator's key and signing keys
};

// Returns a JWT for people: header and claims as indented JSON, with dates beside times, and the
// signature.
[[nodiscard]] Result<std::string> decoded_jwt_text(const std::string& jwt);
extern const char* const account_server_help;

}  // namespace midge::tools
