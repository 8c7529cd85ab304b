#pragma once
// The role of clients, and what it needs of the server.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "account/account_registry.h"
#include "account/event_demand.h"
#include "connection/role.h"
#include "event/event_bus.h"
#include "login/client_limits.h"
#include "login/login.h"
#include "monitor/closed_connections.h"
#include "protocol/info.h"

namespace midge {

// Is told about the connections of accounts. Any thread.
class AccountReports {
  public:
    // The number of its connections has changed.
    virtual void publish_account_conns(Account& account) = 0;
    // A login failed, on a connection of the account or by its callout service.
    virtual void publish_auth_error(Account& account, const DisconnectEvent& event) = 0;

  protected:
    ~AccountReports() = default;
};

// The parts of the server that clients use. Owned by the broker; the parts outlive all clients.
struct ClientServer {
    AccountRegistry& registry;
    EventBus& events;
    const EventDemand& event_demand;
    AccountReports& reports;
    ClientLimits& limits;
    ClosedConnections& closed;
    const std::string& name;
    std::atomic<bool> lame_duck{false};  // the server is about to stop: INFOs say so
};

// The role of clients on one listener.
class ClientRole final : public Role {
  public:
    // A port of 0 in `info` stands for the port of the listener.
    struct Terms {
        ServerInfoFields info;
        std::shared_ptr<const Authenticator> authenticator;
        std::chrono::milliseconds auth_timeout{};
    };
    ClientRole(ClientServer& server, Terms terms) : server_(server), terms_(std::move(terms)) {}

    [[nodiscard]] std::unique_ptr<Connection> connect(EventLoop& loop, uint64_t id,
                                                      std::unique_ptr<Stream> stream,
                                                      ListenerIndex listener) const override;
    [[nodiscard]] ClientServer& server() const noexcept { return server_; }
    [[nodiscard]] const ServerInfoFields& info() const noexcept { return terms_.info; }
    [[nodiscard]] const std::shared_ptr<const Authenticator>& authenticator() const noexcept {
        return terms_.authenticator;
    }
    [[nodiscard]] std::chrono::milliseconds auth_timeout() const noexcept {
        return terms_.auth_timeout;
    }

  private:
    ClientServer& server_;
    const Terms terms_;
};

// The role of a connection that is a client's.
[[nodiscard]] const ClientRole& client_role(const Connection& connection) noexcept;

}  // namespace midge
