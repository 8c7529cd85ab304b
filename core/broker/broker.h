#pragma once
// The broker: listener, event loops, accounts, system events. The service makes one; so may any
// program that embeds it.
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "account/account_registry.h"
#include "account/event_demand.h"
#include "account/resolver_chain.h"
#include "base/log.h"
#include "broker/connected_clients.h"
#include "broker/lost_accounts.h"
#include "broker/prepared_reload.h"
#include "broker/server_identity.h"
#include "broker/server_listeners.h"
#include "broker/settings_factory.h"
#include "client/client_role.h"
#include "config/options.h"
#include "connection/connection_counts.h"
#include "connection/event_loop.h"
#include "connection/loop_survey.h"
#include "connection/settings.h"
#include "event/event_bus.h"
#include "exchange/account_exchange.h"
#include "exchange/service_exchange.h"
#include "login/client_limits.h"
#include "login/login.h"
#include "monitor/closed_connections.h"
#include "monitor/http_request_counts.h"
#include "net/reactor.h"
#include "services/server_requests.h"

namespace midge {

class AccountWatch;
class AuthCallout;
class ClaimsServices;
class LameDuck;
class MonitorRequests;
class PageSource;
class SystemServices;

// What the service loaded for the broker; moved in.
struct BrokerParts {
    std::vector<std::unique_ptr<AccountResolver>> resolvers;  // asked in order
    std::vector<std::unique_ptr<EventSink>> sinks;            // besides the system account
    AskReload ask_reload;                                     // of start() only; may be empty
};

// start(), reload() and stop() are called by one thread, which is none of the broker's own. The
// loops, the system loop and the event bus are threads of the broker. Lock order: ARCHITECTURE.md.
class Broker {
  public:
    Broker(Options options, Logger& log);
    ~Broker();
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    // Checks options against each other, binds the listener, starts the threads. When it gives no
    // error, clients can connect. Does not wait for a resolver: an account server that is down is
    // asked again later.
    [[nodiscard]] Result<> start(BrokerParts parts);
    // A reload is one transaction: whatever of it can fail is done by prepare_reload(), which
    // changes nothing; commit_reload() puts all of it in force at one moment. INVARIANT: at any
    // time, all event loops have the settings, the accounts of the configuration, the source of
    // accounts and the event sinks of one generation, the same, and no client is served by a
    // connection that has not adapted to it.
    //
    // Makes what `options` and `parts` ask for, and checks it. `options` must differ from the
    // present ones only in what may change without a restart (config/options_diff.h). Errors give
    // the reason; then `parts` are gone, and nothing else has happened.
    [[nodiscard]] Result<PreparedReload> prepare_reload(Options options, BrokerParts parts);
    // No connection that is still allowed is dropped. Fails, having changed nothing, only if an
    // event loop hangs. Returns when every connection has adapted, and the old sinks have flushed;
    // what a resolver says of the accounts that are known comes later, unless it is in memory.
    [[nodiscard]] Result<> commit_reload(PreparedReload prepared);
    // Both.
    [[nodiscard]] Result<> reload(Options options, BrokerParts parts);
    // Which accounts that have clients it would lose, those with the most clients first. Asks the
    // prepared resolvers, which will have been `given` those JWTs by then; waits for them, at most
    // `patience`: what they have not answered by then is no loss.
    [[nodiscard]] std::vector<LostAccount> find_lost(
        const PreparedReload& prepared, const std::map<std::string, std::string>& given,
        std::chrono::milliseconds patience) const;
    // Of the settings in force: 1 after start(), one more with each reload. Any thread.
    [[nodiscard]] uint64_t generation() const noexcept { return generation_; }
    // Accepts no more clients, tells those there, and closes them over `lame_duck_duration`; then
    // calls `done` on another thread, and stop() is due. Events end here. A second call changes
    // nothing.
    void enter_lame_duck(std::function<void()> done);
    // Announces the shutdown, closes every connection, ends all threads. Idempotent.
    void stop();

    // After start().
    [[nodiscard]] uint16_t port() const noexcept {
        return listeners_.port_of(SettingsFactory::clients_listener);
    }
    // 0: no such listener.
    [[nodiscard]] uint16_t websocket_port() const noexcept {
        return listeners_.port_of(SettingsFactory::websocket_listener);
    }
    [[nodiscard]] const std::string& server_id() const noexcept { return identity_.id(); }
    [[nodiscard]] const std::string& server_name() const noexcept { return identity_.name(); }
    // Calls `turned` once on the system thread, when every event loop has run a task that is posted
    // now, and then the system services' loop another one. A loop that hangs, or that ends first,
    // keeps it from being called. Any thread, between start() and stop().
    void when_loops_turned(std::function<void()> turned);
    // A resolver's storage says that something changed. Any thread.
    void account_changed(const AccountChange& change);
    // In force now. The thread of start() only.
    [[nodiscard]] const Options& options() const noexcept { return settings_->options; }

    // For who embeds it, and tests.
    [[nodiscard]] AccountRegistry& registry() noexcept { return registry_; }
    [[nodiscard]] EventBus& events() noexcept { return *events_; }
    [[nodiscard]] SystemServices& services() noexcept { return *services_; }
    [[nodiscard]] PageSource& pages() noexcept { return *pages_; }
    [[nodiscard]] const EventLoops& loops() const noexcept { return loops_; }

  private:
    [[nodiscard]] Result<> set_up_accounts(const Options& options, BrokerParts& parts);
    [[nodiscard]] bool by_jwt() const noexcept { return !operators_->empty(); }
    // While the loops have stopped for it.
    [[nodiscard]] ReplacedSinks put_in_force(PreparedReload& prepared);
    // What follows from a change of the resolvers; waits for those that answer at once.
    void follow_resolvers(const std::shared_ptr<AccountResolver>& replaced);

    Logger& log_;
    const ServerIdentity identity_;
    const unsigned loop_count_;
    const unsigned lanes_;  // loops, system loop, event bus
    std::unique_ptr<EventBus> events_;
    std::unique_ptr<SystemServices> services_;
    std::unique_ptr<AccountWatch> account_watch_;
    std::unique_ptr<ClaimsServices> claims_services_;
    std::unique_ptr<ServerRequests> server_requests_;
    std::unique_ptr<AuthCallout> auth_callout_;
    AccountRegistry registry_;
    ServiceExchange service_exchange_;
    AccountExchange account_exchange_;
    HashPool hashes_;
    Account* system_account_ = nullptr;
    std::shared_ptr<const TrustedOperators> operators_;
    std::shared_ptr<const Settings> settings_;  // the loops hold it too
    ClientLimits client_limits_;
    ConnectionCounts counts_{log_};
    EventDemand event_demand_;
    ClosedConnections closed_;
    std::unique_ptr<ClientServer> clients_;
    std::unique_ptr<SettingsFactory> settings_factory_;
    const ConnectedClients connected_{loops_, counts_, log_};
    EventLoops loops_;
    HttpRequestCounts http_requests_;
    std::unique_ptr<PageSource> pages_;
    std::unique_ptr<MonitorRequests> monitor_requests_;
    ServerListeners listeners_{loops_, log_};
    std::vector<SinkId> sink_ids_;
    std::atomic<uint64_t> generation_{0};
    std::atomic<bool> running_ = false;
    std::unique_ptr<LameDuck> lame_duck_;  // null: not leaving
};

}  // namespace midge
