#pragma once
// Asks a service in an account whether a client may log in (docs/protocol/jwt.md, Auth callout).
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "account/account.h"
#include "auth/nkey.h"
#include "login/callout.h"
#include "net/reactor.h"

namespace midge {

class ServiceRequest;
class SystemServices;

// Owned by the broker. Runs on the thread of the system services.
class AuthCallout final : public Callout {
  public:
    // The most logins without an answer. More are refused, so that many logins at once do not pile
    // up before the thread that signs the requests.
    static constexpr size_t waiting_max = 10'000;

    // `identity` signs the requests. `server` is its description in the requests, without xkey.
    // Requires: `services` and `identity` outlive it.
    AuthCallout(SystemServices& services, const KeyPair& identity, CalloutServer server);

    // Callout: the answer is called on the thread of the system services.
    void ask(CalloutQuestion question, Answered answered) override;
    [[nodiscard]] const std::string& xkey() const noexcept override { return xkey_.public_key(); }
    [[nodiscard]] const std::string& server_id() const noexcept override { return server_.id; }

  private:
    struct Waiting {
        Account* account;
        std::string xkey;
        std::string user_key;
        TimerId timer;
        Answered answered;
    };
    void send(CalloutQuestion question, const Answered& answered);
    void listen_in(Account& account);
    void on_answer(const Account& account, const ServiceRequest& message);
    void on_timeout(const std::string& id);
    [[nodiscard]] Result<std::string> make_body(CalloutQuestion& question,
                                                const std::string& user_key) const;

    SystemServices& services_;
    const KeyPair& identity_;
    const KeyPair xkey_;
    const CalloutServer server_;
    const std::string inbox_;                           // "$SYS._INBOX.<of this server>."
    std::unordered_map<std::string, Waiting> waiting_;  // by the last token of the reply subject
    std::unordered_set<const Account*> listened_in_;
    std::atomic<size_t> asked_{0};  // questions without an answer yet
};

}  // namespace midge
