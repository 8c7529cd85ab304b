#pragma once
// How logins ask a service in one of the accounts whether a client may log in
// (docs/protocol/jwt.md, Auth callout).
#include <chrono>
#include <functional>
#include <string>

#include "auth/callout_claims.h"
#include "base/result.h"

namespace midge {

class Account;

struct CalloutQuestion {
    Account* account = nullptr;  // where the service listens
    std::string issuer;          // whose answer is expected: `sub` of the request
    std::string xkey;            // the request is sealed for it; empty: it is not
    std::chrono::milliseconds timeout{0};
    AuthorizationRequestClaims claims;  // but for server, user key, audience and times
};

struct CalloutAnswer {
    std::string token;     // an authorization response, unverified
    std::string user_key;  // that the request asked about
};

// Sends the question and waits for the answer. Outlives whoever logs in.
class Callout {
  public:
    using Answered = std::function<void(Result<CalloutAnswer>)>;

    // Any thread. `answered` runs at most once: within the call if it is refused at once, else on
    // another thread, unless the server stops before.
    virtual void ask(CalloutQuestion question, Answered answered) = 0;
    // The public key that sealed answers have to be for.
    [[nodiscard]] virtual const std::string& xkey() const noexcept = 0;
    [[nodiscard]] virtual const std::string& server_id() const noexcept = 0;

  protected:
    ~Callout() = default;
};

}  // namespace midge
