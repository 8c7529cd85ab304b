#pragma once
// The broker: listener, event loops, accounts, system events. The service makes one; so may any
// program that embeds it.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "account/account_registry.h"
#include "account/resolver_chain.h"
#include "auth/nkey.h"
#include "base/close_reason.h"
#include "base/log.h"
#include "base/wire_error.h"
#include "broker/account_exchange.h"
#include "broker/client_limits.h"
#include "broker/event_loop.h"
#include "broker/login.h"
#include "broker/rate_limit.h"
#include "broker/server_requests.h"
#include "broker/service_exchange.h"
#include "config/options.h"
#include "event/event_bus.h"
#include "net/listener.h"
#include "net/reactor.h"

namespace midge {

class AuthCallout;
class ClaimsServices;
class LameDuck;
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
    // Applies what may change without a restart (`options` must differ in nothing else:
    // config/options_diff.h) and swaps the resolvers and sinks for `parts`. No connection that is
    // still allowed is dropped. On an error nothing has changed. Returns when every loop has
    // applied it; what the resolvers say of the accounts comes later.
    [[nodiscard]] Result<> reload(Options options, BrokerParts parts);
    // Accepts no more clients, tells those there, and closes them over `lame_duck_duration`; then
    // calls `done` on another thread, and stop() is due. Events end here. A second call changes
    // nothing.
    void enter_lame_duck(std::function<void()> done);
    // Announces the shutdown, closes every connection, ends all threads. Idempotent.
    void stop();

    // After start().
    [[nodiscard]] uint16_t port() const noexcept { return port_; }
    // 0: no such listener.
    [[nodiscard]] uint16_t websocket_port() const noexcept { return websocket_port_; }
    [[nodiscard]] const std::string& server_id() const noexcept { return server_id_; }
    [[nodiscard]] const std::string& server_name() const noexcept { return server_name_; }
    // An account was deleted at the resolver: its clients are closed, and nobody logs in to it any
    // more. System thread.
    void forget_account(const std::string& key);
    // Calls `turned` once on the system thread, when every event loop has run a task that is posted
    // now, and then the system services' loop another one. A loop that hangs, or that ends first,
    // keeps it from being called. Any thread, between start() and stop().
    void when_loops_turned(std::function<void()> turned);
    // A resolver's storage says that an account changed. Any thread.
    void account_changed(const std::string& account);
    // In force now. The thread of start() only.
    [[nodiscard]] const Options& options() const noexcept { return settings_->options; }

    // For sessions, loops and services.
    [[nodiscard]] AccountRegistry& registry() noexcept { return registry_; }
    [[nodiscard]] EventBus& events() noexcept { return *events_; }
    // Whether anybody would get an event: a sink besides the system account, or a subscriber there.
    // Any thread.
    [[nodiscard]] bool events_wanted() const noexcept {
        return has_sinks_.load(std::memory_order_relaxed) ||
               (system_account_ != nullptr && system_account_->has_subscribers());
    }
    [[nodiscard]] Logger& logger() noexcept { return log_; }
    // Whether the server's own messages are traced too (trace_verbose). Any thread.
    [[nodiscard]] bool traces_system() const noexcept {
        return traces_system_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] unsigned lanes() const noexcept { return lanes_; }
    [[nodiscard]] SystemServices& services() noexcept { return *services_; }
    [[nodiscard]] ServiceExchange& service_exchange() noexcept { return service_exchange_; }
    [[nodiscard]] uint64_t next_connection_id() noexcept {
        return next_connection_id_.fetch_add(1);
    }
    [[nodiscard]] const std::vector<std::unique_ptr<EventLoop>>& loops() const noexcept {
        return loops_;
    }
    // Counts a connection in unless there are max_connections of them.
    [[nodiscard]] bool connection_opened(int connections_max) noexcept;
    void connection_closed() noexcept;
    // Whether one more TLS handshake may begin in this second (connection_rate_limit).
    [[nodiscard]] bool take_handshake(int per_second_max);
    [[nodiscard]] ClientLimits& client_limits() noexcept { return client_limits_; }
    [[nodiscard]] Account& global_account() noexcept { return *global_account_; }
    // Null: none is wanted.
    [[nodiscard]] Account* system_account() noexcept { return system_account_; }
    // Totals for STATSZ. Any thread.
    struct Totals {
        std::atomic<int> connections{0};
        std::atomic<uint64_t> total_connections{0};
        std::atomic<int64_t> slow_consumers{0};
        std::atomic<int64_t> stalled_clients{0};
        std::atomic<int64_t> stale_connections{0};
    };
    [[nodiscard]] Totals& totals() noexcept { return totals_; }
    // Runs `function` for every session, each on its loop's thread, later.
    void for_each_session(const std::function<void(Session&)>& function);

  private:
    [[nodiscard]] Result<std::shared_ptr<const Settings>> make_settings(Options options);
    [[nodiscard]] Result<ListenerSettings> make_listener(const Options& options,
                                                         ConnectionType type,
                                                         bool certificates_name_users);
    static void set_address(ServerInfoFields& info, const Options& options, int port);
    [[nodiscard]] Result<> set_up_accounts(const Options& options, BrokerParts& parts);
    [[nodiscard]] Result<std::shared_ptr<const TrustedOperators>> check_operators(
        const Options& options) const;
    [[nodiscard]] Result<> set_up_system_account(const Options& options);
    // Of the configuration or the operator; empty: "$SYS", or none.
    [[nodiscard]] std::string system_key() const;
    // Accounts of the configuration: new ones are added, all get their limits.
    void apply_accounts(const Options& options);
    [[nodiscard]] Result<> open_listeners();
    [[nodiscard]] Result<std::unique_ptr<Listener>> open_listener(const std::string& host, int port,
                                                                  ListenerKind kind);
    // `setting`: a literal, which the log names.
    void watch_certificates(std::string_view setting, std::weak_ptr<TlsSource> watched);
    void on_imports_changed(Account& account);
    void on_claims_applied(Account& account, const std::shared_ptr<const AccountClaims>& before);
    void await_expiry(Account& account);
    void wait_for_loops();
    void tell_sessions_of(Account& account);
    // Closes the newest sessions, whichever loops they are on, so that `kept` remain of those that
    // `counts` is true of; it is called on their loops' threads. Then `closed` hears how many went.
    void close_newest(size_t kept, std::function<bool(const Session&)> counts, WireError error,
                      CloseReason reason, std::function<void(size_t)> closed = {});
    void close_surplus();  // over max_connections
    void close_surplus_of(Account& account);
    void close_sessions_of(const std::string& account, WireError error, CloseReason reason);
    void fetch_system_account();
    // After a reload. `keeps_clients`: of an account that is gone.
    void recheck_accounts(bool keeps_clients);
    void recheck_next(const std::shared_ptr<const std::vector<std::string>>& keys,
                      const std::shared_ptr<std::atomic<size_t>>& next, bool keeps_clients);
    void rechecked(const std::string& key, const Result<Account*>& account, bool keeps_clients);
    void add_sinks(std::vector<std::unique_ptr<EventSink>> sinks);

    Logger& log_;
    const KeyPair identity_;
    const std::string server_id_;
    std::string server_name_;
    const unsigned loop_count_;
    const unsigned lanes_;  // loops, system loop, event bus
    std::unique_ptr<EventBus> events_;
    std::unique_ptr<SystemServices> services_;
    std::unique_ptr<ClaimsServices> claims_services_;
    std::unique_ptr<ServerRequests> server_requests_;
    std::unique_ptr<AuthCallout> auth_callout_;
    AccountRegistry registry_;
    ServiceExchange service_exchange_;
    AccountExchange account_exchange_;
    std::unordered_map<Account*, TimerId> expiries_;  // of claims in force; system thread
    HashPool hashes_;
    Account* global_account_ = nullptr;
    Account* system_account_ = nullptr;
    std::shared_ptr<const TrustedOperators> operators_;
    std::shared_ptr<const Settings> settings_;  // the loops hold it too
    ClientLimits client_limits_;
    std::vector<std::unique_ptr<EventLoop>> loops_;
    std::unique_ptr<Listener> listener_;
    std::unique_ptr<Listener> websocket_listener_;  // null: none is wanted
    std::vector<SinkId> sink_ids_;
    std::atomic<bool> has_sinks_{false};
    size_t next_loop_ = 0;
    uint16_t port_ = 0;
    uint16_t websocket_port_ = 0;
    bool running_ = false;
    RateLimit handshakes_;
    std::atomic<bool> refusal_due_{false};  // of handshakes, for the log
    std::unique_ptr<LameDuck> lame_duck_;   // null: not leaving
    std::atomic<bool> traces_system_{false};
    std::atomic<uint64_t> next_connection_id_{1};
    Totals totals_;
};

}  // namespace midge
