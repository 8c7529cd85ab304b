#include "broker/broker.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "broker/account_watch.h"
#include "broker/certificate_watch.h"
#include "broker/lame_duck.h"
#include "broker/system_account.h"
#include "client/clients.h"
#include "services/auth_callout.h"
#include "services/claims_services.h"
#include "services/monitor_requests.h"
#include "services/page_source.h"
#include "services/system_services.h"

namespace midge {
namespace {

constexpr unsigned system_lanes = 2;  // of the system services and of the event bus
constexpr std::chrono::seconds last_event_wait{2};
constexpr int32_t usual_payload_max = 8 * 1024 * 1024;

unsigned count_loops(const Options& options) {
    return options.threads != 0 ? options.threads
                                : std::max(1U, std::thread::hardware_concurrency());
}

Result<> check_payload_limit(const Options& options, Logger& log) {
    if (options.payload_bytes_max > options.pending_bytes_max) {
        return fail(Errc::invalid,
                    fmt::format("max_payload ({}) cannot be higher than max_pending ({})",
                                options.payload_bytes_max, options.pending_bytes_max));
    }
    if (options.payload_bytes_max > usual_payload_max) {
        log.warn(
            "Maximum payloads over 8.00 MB are generally discouraged and could lead to poor "
            "performance");
    }
    return {};
}

Result<EventLoops> make_loops(unsigned count, unsigned lanes, const std::string& reactor,
                              ConnectionCounts& counts, Logger& log) {
    EventLoops loops;
    for (unsigned i = 0; i < count; ++i) {
        auto poller = make_poller(reactor);
        if (!poller) return pass(poller);
        loops.push_back(std::make_unique<EventLoop>(i, lanes, counts, log, std::move(*poller)));
    }
    return loops;
}

}  // namespace

Broker::Broker(Options options, Logger& log)
    : log_(log),
      identity_(options),
      loop_count_(count_loops(options)),
      lanes_(loop_count_ + system_lanes),
      registry_(lanes_, log,
                [this, attached = has_system_account(options)](Account& account) {
                    if (!attached) return;
                    services_->attach(account);
                    if (running_) services_->announce(account);
                }),
      service_exchange_(log,
                        [this](Account& account, const std::string& subject, std::string payload) {
                            services_->publish_later(account, subject, std::move(payload));
                        }),
      account_exchange_(
          registry_, service_exchange_, log,
          [this](Account& account) { connected_.renew_claims_of(account); },
          [this](std::chrono::seconds delay, std::function<void()> task) {
              services_->post([this, delay, task = std::move(task)]() mutable {
                  services_->reactor().after(delay, std::move(task));
              });
          }) {
    events_ = std::make_unique<EventBus>(identity_.event_server(options), log);
    auto settings = std::make_shared<Settings>();
    settings->options = std::move(options);
    settings_ = std::move(settings);
}

Broker::~Broker() {
    stop();
}

Result<> Broker::start(BrokerParts parts) {
    const Options options = settings_->options;  // a copy: settings_ is replaced below
    if (auto checked = check_payload_limit(options, log_); !checked) return checked;
    auto poller = make_poller(options.reactor);
    if (!poller) return pass(poller);
    services_ = std::make_unique<SystemServices>(
        ServedServer{identity_.id(), loop_count_, lanes_, registry_, *events_, event_demand_,
                     service_exchange_, counts_, log_},
        std::move(*poller));
    clients_.reset(new ClientServer{registry_, *events_, event_demand_, *services_, client_limits_,
                                    closed_, identity_.name()});
    auth_callout_ = std::make_unique<AuthCallout>(*services_, identity_.key(),
                                                  identity_.callout_server(options));
    account_watch_ =
        std::make_unique<AccountWatch>(registry_, account_exchange_, connected_, *services_, log_);
    if (auto accounts = set_up_accounts(options, parts); !accounts) return accounts;
    settings_factory_ = std::make_unique<SettingsFactory>(SettingsFactory::Parts{
        identity_, registry_, operators_, hashes_, *auth_callout_, *clients_});
    auto settings = settings_factory_->make(options);
    if (!settings) return pass(settings);
    pages_ = std::make_unique<PageSource>(
        *services_, loops_, closed_, http_requests_,
        system_account_ == nullptr ? std::string() : system_account_->name());
    if (system_account_ != nullptr) {
        monitor_requests_ = std::make_unique<MonitorRequests>(*services_, *pages_);
        monitor_requests_->attach(*system_account_);
        events_->add_sink(
            std::make_unique<SystemAccountSink>(*system_account_, loop_count_ + 1, lanes_, log_));
    }
    sink_ids_ = events_->replace_sinks({}, std::move(parts.sinks));
    event_demand_.set_sinks(!sink_ids_.empty());
    auto loops = make_loops(loop_count_, lanes_, options.reactor, counts_, log_);
    if (!loops) return pass(loops);
    loops_ = std::move(*loops);
    if (auto listening = listeners_.open(*settings); !listening) return listening;
    settings->generation = generation_ + 1;
    settings_ = std::make_shared<const Settings>(std::move(*settings));
    pages_->set_settings(settings_);
    events_->start();
    services_->start();
    for (const auto& loop : loops_) loop->start(settings_);
    running_ = true;
    generation_ = settings_->generation;
    watch_certificates(*settings_, *services_, log_);
    // Last, because its answer goes to every loop.
    if (by_jwt() && !system_account_key(options, *operators_).empty())
        fetch_system_account(*system_account_, registry_, *services_, log_);
    return {};
}

Result<> Broker::set_up_accounts(const Options& options, BrokerParts& parts) {
    auto operators = make_trusted_operators(options);
    if (!operators) return pass(operators);
    operators_ = std::move(*operators);
    registry_.add_local(global_account_name, false);
    const bool by_jwt = this->by_jwt();
    if (by_jwt && parts.resolvers.empty()) {
        return fail(Errc::invalid, "operators require an account resolver to be configured");
    }
    registry_.set_claims_applied(
        [this](Account& account, const std::shared_ptr<const AccountClaims>& before) {
            account_watch_->on_claims_applied(account, before);
        });
    registry_.set_execute([this](std::function<void()> task) { services_->post(std::move(task)); });
    registry_.set_complete([this](Account& account, std::function<void()> done) {
        account_exchange_.complete(account, std::move(done));
    });
    if (by_jwt) {
        account_watch_->set_one_resolver(parts.resolvers.size() == 1);
        registry_.set_source(std::make_shared<ResolverChain>(std::move(parts.resolvers)),
                             operators_, system_account_key(options, *operators_));
    } else {
        auto accounts = ConfiguredAccounts::from(options, registry_, log_);
        if (!accounts) return pass(accounts);
        accounts->put_in_force(registry_, service_exchange_);
    }
    auto system = add_system_account(registry_, options, *operators_, log_);
    if (!system) return pass(system);
    system_account_ = *system;
    if (system_account_ == nullptr) return {};
    event_demand_.set_system_account(*system_account_);
    services_->attach_system(*system_account_);
    server_requests_ =
        std::make_unique<ServerRequests>(*services_, loops_, std::move(parts.ask_reload));
    server_requests_->attach(*system_account_);
    if (!by_jwt) return {};
    claims_services_ = std::make_unique<ClaimsServices>(
        *services_,
        ClaimsServices::Effects{
            [this](const std::string& account) { account_watch_->forget(account); },
            [this](std::function<void()> turned) { when_loops_turned(std::move(turned)); }});
    claims_services_->attach(*system_account_);
    return {};
}

void Broker::account_changed(const AccountChange& change) {
    // Otherwise nobody knows an account yet, or any more.
    if (running_) account_watch_->on_change(change);
}

void Broker::enter_lame_duck(std::function<void()> done) {
    if (!running_ || lame_duck_) return;
    log_.info("Entering lame duck mode, stop accepting new clients");
    events_->push(LameDuckEvent{});
    if (const auto flushed = events_->flush(last_event_wait); !flushed) {
        log_.warn("Lame duck event: {}", flushed.error().text);
    }
    // Clients that are about to see their first INFO are told by it.
    clients_->lame_duck = true;
    const Options& options = settings_->options;
    lame_duck_ = std::make_unique<LameDuck>(
        *services_, loops_, log_,
        LameDuckTimes{options.lame_duck_duration, options.lame_duck_grace_period}, std::move(done));
    // What was accepted before is posted to its loop before the clients are told.
    loops_.front()->post([this] {
        listeners_.close();
        lame_duck_->begin();
    });
}

void Broker::stop() {
    if (running_) {
        running_ = false;
        // Said while the subscribers of the system account are still connected.
        events_->push(ShutdownEvent{});
        if (const auto flushed = events_->flush(last_event_wait); !flushed) {
            log_.warn("Shutdown event: {}", flushed.error().text);
        }
        pages_->stop();
        loops_.front()->post([this] { listeners_.close(); });
        for (const auto& loop : loops_) loop->stop();
    }
    // Whoever might still bring a login to a loop ends before the loops do.
    hashes_.stop();
    if (const auto resolver = registry_.resolver()) resolver->stop();
    if (services_) services_->stop();
    events_->stop();
}

}  // namespace midge
