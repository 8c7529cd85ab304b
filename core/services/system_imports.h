#pragma once
// The services of the system account that every other account has under its own subjects
// (docs/protocol/system-services.md, Services of every account).
#include <array>
#include <string>
#include <string_view>

#include "event/subjects.h"
#include "exchange/service_exchange.h"

namespace midge {

struct SystemImport {
    std::string_view local;
    // The subject in the system account for requests of `account`.
    std::string (*target)(std::string_view account);
    bool share;  // the service gets to know the requestor
    bool one_response;
};
inline constexpr std::array<SystemImport, 4> system_imports{{
    {"$SYS.REQ.ACCOUNT.PING.CONNZ",
     [](std::string_view account) { return account_request_subject(account, "CONNZ"); }, false,
     false},
    {"$SYS.REQ.SERVER.PING.CONNZ",
     [](std::string_view account) { return account_request_subject(account, "CONNZ"); }, false,
     false},
    {"$SYS.REQ.ACCOUNT.PING.STATZ",
     [](std::string_view account) { return account_request_subject(account, "STATZ"); }, false,
     false},
    {user_info_subject, account_user_info_subject, true, true},
}};

// Passes the requests of all accounts to one service on to the system account: one object for each
// of system_imports, since accounts differ in nothing but the subject. Any thread.
class SystemForwarder final : public Forwarder {
  public:
    // Requires: both outlive the forwarder.
    SystemForwarder(const SystemImport& import, Account& system_account, ServiceExchange& exchange)
        : import_(import), system_account_(system_account), exchange_(exchange) {}
    bool forward(RoutingLane& lane, const PublishCommand& message, const Origin& origin) override;

  private:
    const SystemImport& import_;
    Account& system_account_;
    ServiceExchange& exchange_;
};

}  // namespace midge
