#pragma once
// The messages and services of the server itself in its accounts
// (docs/protocol/system-services.md).
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "account/account_registry.h"
#include "account/event_demand.h"
#include "client/client_role.h"
#include "connection/connection_counts.h"
#include "event/event_bus.h"
#include "event/event_sink.h"
#include "event/events.h"
#include "event/replies.h"
#include "event/request_filter.h"
#include "exchange/service_exchange.h"
#include "monitor/process_stats.h"
#include "net/reactor.h"
#include "routing/routing_lane.h"
#include "services/service_queue.h"
#include "services/service_request.h"
#include "services/system_imports.h"

namespace midge {

// Parts of the server that the services need. Owned by the broker; outlives the services.
struct ServedServer {
    const std::string& id;
    const unsigned loops;  // event loops
    const unsigned lanes;  // number of all routing lanes
    AccountRegistry& registry;
    EventBus& events;
    const EventDemand& event_demand;
    ServiceExchange& exchange;
    ConnectionCounts& connections;
    Logger& log;
};

// Owned by the broker. Has a thread with a reactor, on which all handlers and timers run, and a
// lane for its replies.
class SystemServices final : public AccountReports {
  public:
    SystemServices(ServedServer server, std::unique_ptr<Poller> poller);
    ~SystemServices();

    using Handler = std::function<void(const ServiceRequest&)>;
    // Answers requests on `subject` in `account` until withdraw(). `handler` runs on the system
    // thread. Both functions: before start(), or on the system thread.
    Ref<Subscription> serve(Account& account, std::string subject, Handler handler);
    void withdraw(Account& account, const Ref<Subscription>& service);
    // Deletes withdrawn services that no match result refers to any more. System thread.
    void drop_withdrawn();
    // Number of services of serve(), including withdrawn ones. System thread.
    [[nodiscard]] size_t services_kept() const noexcept { return endpoints_.size(); }
    // Adds the services that every account has (system_imports). Any thread; once for each account.
    void attach(Account& account);
    // Adds the services of the system account. Requires: called before start().
    void attach_system(Account& account);
    void start();
    void stop();

    void post(Task task) { reactor_.post(std::move(task)); }
    // The queue of requests, and of other work that clients cause, for the system thread.
    [[nodiscard]] ServiceQueue& queue() noexcept { return *queue_; }
    [[nodiscard]] Reactor& reactor() noexcept { return reactor_; }
    // Publishes in `account` and sends immediately. System thread.
    void publish(Account& account, const std::string& subject, std::string_view payload);
    // publish() on the system thread. Any thread; dropped if the queue is full.
    void publish_later(Account& account, const std::string& subject, std::string payload);
    // Publishes a request; an empty `header` means none. Returns the number of receivers. System
    // thread.
    size_t ask(Account& account, const std::string& subject, const std::string& reply,
               std::string_view header, std::string_view payload);
    // Answers a request, if it has a reply subject. System thread.
    void answer(const ServiceRequest& request, std::string_view payload);
    // The same with a header, which may be empty.
    void answer(const ServiceRequest& request, std::string_view header, std::string_view payload);

    // Asks other servers for the connections of an account that this one begins to serve. Any
    // thread.
    void announce(Account& account);

    // AccountReports
    void publish_account_conns(Account& account) override;
    void publish_auth_error(Account& account, const DisconnectEvent& event) override;
    [[nodiscard]] AccountStat account_stat(Account& account) const;
    [[nodiscard]] Statsz statsz();  // system thread
    [[nodiscard]] const ServedServer& server() const noexcept { return server_; }
    // Whether messages of the server itself are traced in the log (trace_verbose). Any thread.
    void set_tracing(bool traces) noexcept { traces_.store(traces, std::memory_order_relaxed); }

  private:
    static constexpr std::chrono::milliseconds first_heartbeat{250};
    static constexpr std::chrono::milliseconds heartbeat_max{10'000};
    static constexpr std::chrono::seconds account_conns_interval{30};
    static constexpr std::chrono::milliseconds service_timeouts_interval{500};

    class Endpoint;
    class UserInfoEndpoint;
    Ref<Subscription> insert(Account& account, std::string subject, InternalReceiver& receiver);
    void heartbeat(std::chrono::milliseconds interval);
    void account_conns_heartbeat();
    void report_service_timeouts();
    void answer_statsz(const ServiceRequest& request);
    void answer_idz(const ServiceRequest& request);
    void answer_conns(const ServiceRequest& request);
    [[nodiscard]] bool has_client_interest(Account& account, std::string_view subject) const;

    const ServedServer server_;
    Account* system_account_ = nullptr;  // null: there is no system account
    std::atomic<bool> traces_{false};
    Reactor reactor_;
    RoutingLane lane_;
    ProcessSampler process_;
    const WallNanos start_time_;
    const Ref<ServiceQueue> queue_ = make_ref<ServiceQueue>(reactor_, server_.log);
    std::unique_ptr<UserInfoEndpoint> user_info_;
    // One for each of system_imports; null before attach_system().
    std::array<Ref<SystemForwarder>, system_imports.size()> forwarders_;
    std::vector<Account*> unattached_;  // accounts that were made before the system account
    struct Served {
        Ref<Subscription> subscription;
        std::unique_ptr<Endpoint> endpoint;
        bool withdrawn = false;
    };
    std::vector<Served> endpoints_;
    std::thread thread_;
};

// Publishes events in the system account. Used by the event bus's thread.
class SystemAccountSink final : public EventSink {
  public:
    SystemAccountSink(Account& account, unsigned lane, unsigned lanes, Logger& log)
        : account_(account), lane_(lane, lanes, log) {
        lane_.outbound().watch_clock(now_);
    }
    [[nodiscard]] std::string_view name() const noexcept override { return "system-account"; }
    [[nodiscard]] bool wants(std::string_view /*subject*/) const override {
        return account_.has_subscribers();
    }
    void publish(std::span<const SinkEvent> events) override;
    void flush() override {}

  private:
    Account& account_;
    RoutingLane lane_;
    SteadyClock::time_point now_;  // of the last publish()
    SteadyClock::time_point next_sweep_;
};

}  // namespace midge
