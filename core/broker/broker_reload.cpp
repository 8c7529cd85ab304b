// Broker: what a reload prepares, and the one moment in which it changes.
#include <future>
#include <utility>

#include "broker/account_watch.h"
#include "broker/broker.h"
#include "broker/certificate_watch.h"
#include "broker/system_account.h"
#include "client/clients.h"
#include "connection/loop_change.h"
#include "services/claims_services.h"
#include "services/page_source.h"
#include "services/system_services.h"

namespace midge {
namespace {

// A loop that is busy for longer keeps a reload from happening.
constexpr std::chrono::seconds loops_stop_wait{10};
constexpr std::chrono::seconds recheck_wait{5};
constexpr std::chrono::seconds loops_turn_wait{5};

// So that what follows from a reload is in force when it is said to be over. A loop that is busy
// for long does not hold up others for ever.
void wait_for_loops(Broker& broker) {
    const auto turned = std::make_shared<std::promise<void>>();
    broker.when_loops_turned([turned] { turned->set_value(); });
    turned->get_future().wait_for(loops_turn_wait);
}

}  // namespace

Result<PreparedReload> Broker::prepare_reload(Options options, BrokerParts parts) {
    PreparedReload prepared;
    auto settings = settings_factory_->make(std::move(options));
    if (!settings) return pass(settings);
    if (settings->listeners.size() != settings_->listeners.size())
        return fail(Errc::unsupported, "a reload cannot add or remove a listener");
    listeners_.note_ports(*settings);
    settings->generation = generation_ + 1;
    prepared.settings_ = std::make_shared<const Settings>(std::move(*settings));
    const Options& wanted = prepared.settings_->options;
    if (by_jwt()) {
        if (parts.resolvers.empty())
            return fail(Errc::invalid, "operators require an account resolver to be configured");
        prepared.one_resolver_ = parts.resolvers.size() == 1;
        prepared.resolvers_ = std::make_shared<ResolverChain>(std::move(parts.resolvers));
    } else {
        auto accounts = ConfiguredAccounts::from(wanted, registry_, log_);
        if (!accounts) return pass(accounts);
        prepared.accounts_ = std::move(*accounts);
    }
    prepared.event_server_ = identity_.event_server(wanted);
    prepared.sinks_ = std::move(parts.sinks);
    return prepared;
}

std::vector<LostAccount> Broker::find_lost(const PreparedReload& prepared,
                                           const std::map<std::string, std::string>& given,
                                           std::chrono::milliseconds patience) const {
    const Options& next = prepared.settings_->options;
    if (!prepared.resolvers_) return find_accounts_lost_by(registry_, next);
    return find_accounts_lost_by(registry_, *prepared.resolvers_, only_in_memory(next.resolvers),
                                 given, patience);
}

Result<> Broker::reload(Options options, BrokerParts parts) {
    auto prepared = prepare_reload(std::move(options), std::move(parts));
    if (!prepared) return pass(prepared);
    return commit_reload(std::move(*prepared));
}

Result<> Broker::commit_reload(PreparedReload prepared) {
    const auto replaced = registry_.resolver();
    ReplacedSinks sinks;
    auto changed = change_together(
        loops_, loops_stop_wait, [&] { sinks = put_in_force(prepared); },
        [settings = prepared.settings_](EventLoop& loop) {
            loop.set_settings(settings);
            for_each_client(loop, [](Session& session) { session.on_reload(); });
        });
    if (!changed) return changed;
    watch_certificates(*settings_, *services_, log_);
    for (Account* account : registry_.accounts()) connected_.close_surplus_of(*account);
    connected_.close_surplus(settings_->options.connections_max);
    if (by_jwt()) follow_resolvers(replaced);
    sink_ids_ = events_->finish_replacing(std::move(sinks));
    wait_for_loops(*this);
    return {};
}

ReplacedSinks Broker::put_in_force(PreparedReload& prepared) {
    settings_ = prepared.settings_;
    pages_->set_settings(settings_);
    generation_ = settings_->generation;
    services_->set_tracing(settings_->options.log.trace_verbose);
    event_demand_.set_sinks(!prepared.sinks_.empty());
    if (prepared.accounts_) prepared.accounts_->put_in_force(registry_, service_exchange_);
    if (prepared.resolvers_) {
        account_watch_->set_one_resolver(prepared.one_resolver_);
        registry_.set_source(std::move(prepared.resolvers_), operators_,
                             system_account_key(settings_->options, *operators_),
                             only_in_memory(settings_->options.resolvers));
    }
    return events_->begin_replacing(sink_ids_, std::move(prepared.sinks_),
                                    std::move(prepared.event_server_));
}

void Broker::follow_resolvers(const std::shared_ptr<AccountResolver>& replaced) {
    if (claims_services_) services_->post([this] { claims_services_->adapt(); });
    const bool keeps_clients = !only_in_memory(settings_->options.resolvers);
    const auto rechecked = std::make_shared<std::promise<void>>();
    services_->post([this, keeps_clients, rechecked] {
        account_watch_->recheck_all(keeps_clients, [rechecked] { rechecked->set_value(); });
    });
    // What it still was asked for, the new ones are asked for now.
    if (replaced) replaced->stop();
    if (!keeps_clients) rechecked->get_future().wait_for(recheck_wait);
}

void Broker::when_loops_turned(std::function<void()> turned) {
    ask_loops(
        loops_, [](EventLoop&) {}, [this, turned = std::move(turned)] { services_->post(turned); });
}

}  // namespace midge
