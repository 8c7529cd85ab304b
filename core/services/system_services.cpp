#include "services/system_services.h"

#include "base/json.h"
#include "base/text.h"
#include "client/clients.h"
#include "event/subjects.h"

namespace midge {
namespace {

constexpr std::chrono::seconds sweep_interval{10};

DataStats to_account_stats(const MessageCount& count) {
    return {static_cast<int64_t>(count.messages), static_cast<int64_t>(count.bytes), LinkTraffic{}};
}

DataStats to_stats(const MessageCount& count) {
    return {static_cast<int64_t>(count.messages), static_cast<int64_t>(count.bytes), std::nullopt};
}

UserInfo to_user_info(const LoginGrant& grant) {
    UserInfo info;
    info.user = grant.user;
    info.account = grant.account->name();
    info.account_name = grant.account->display_name();
    info.user_name = grant.details().user_name;
    if (grant.permissions) {
        const PermissionSpec& spec = grant.permissions->spec();
        // A JWT always has both lists, a configured user only the configured ones.
        const auto convert = [&](const SubjectRuleSpec& rules) -> std::optional<UserInfoSubjects> {
            if (!grant.jwt_login && !rules.allow && rules.deny.empty()) return std::nullopt;
            return UserInfoSubjects{rules.allow.value_or(std::vector<std::string>{}), rules.deny};
        };
        info.permissions =
            UserInfoPermissions{convert(spec.publish), convert(spec.subscribe), std::nullopt};
        if (const auto& responses = grant.permissions->responses()) {
            info.permissions->responses = UserInfoResponses{
                static_cast<int>(responses->max_messages), responses->expires.count()};
        }
    }
    if (grant.expires_at != 0) info.expires_nanos = grant.expires_at * 1'000'000'000 - wall_now();
    return info;
}

}  // namespace

// Passes requests on to the system thread.
class SystemServices::Endpoint final : public InternalReceiver {
  public:
    Endpoint(SystemServices& services, Handler handler)
        : services_(services), handler_(std::make_shared<Handler>(std::move(handler))) {}

    void on_message(const PublishCommand& message, const Origin& origin) override {
        if (origin.publisher == nullptr) return;  // the server does not answer itself
        const auto* const client = dynamic_cast<const Session*>(origin.publisher);
        Account* const own = client == nullptr ? nullptr : client->client().grant.account;
        ServiceRequest request(*origin.account, own == nullptr ? *origin.account : *own, message);
        const size_t bytes = request.size();
        ServiceQueue& queue = services_.queue();
        queue.push(message.subject, bytes,
                   [handler = handler_, request = std::move(request)] { (*handler)(request); });
        if (queue.wants_room()) origin.publisher->wait_for_room(queue);
    }

  private:
    SystemServices& services_;
    const std::shared_ptr<const Handler> handler_;  // shared with requests that wait
};

// Reads the requestor's login, on the requestor's thread. As in nats-server, a request that came
// directly to the subject of the system account, and not through an import, is about nobody.
class SystemServices::UserInfoEndpoint final : public InternalReceiver {
  public:
    explicit UserInfoEndpoint(SystemServices& services) : services_(services) {}

    void on_message(const PublishCommand& message, const Origin& origin) override {
        const auto* const client = dynamic_cast<const Session*>(origin.publisher);
        if (message.reply.empty()) return;
        if (client == nullptr || origin.hop == nullptr) {
            answer_nobody(message, origin);
            return;
        }
        PublishCommand reply;  // only the part that the answer needs
        reply.reply = message.reply;
        // The permissions are the session's, and not copied.
        const LoginGrant& grant = client->client().grant;
        services_.queue().push(
            message.subject, sizeof grant + grant.user.size() + message.reply.size(),
            [this, grant, request = ServiceRequest(*origin.account, reply)] {
                services_.answer(request, user_info_reply_json(services_.server_.events.stamp(),
                                                               to_user_info(grant)));
            });
        if (services_.queue().wants_room()) origin.publisher->wait_for_room(services_.queue());
    }

  private:
    void answer_nobody(const PublishCommand& message, const Origin& origin) {
        services_.queue().push(
            message.subject, message.subject.size() + message.reply.size(),
            [this, request = ServiceRequest(*origin.account, message)] {
                services_.answer(
                    request, user_info_reply_json(services_.server_.events.stamp(), UserInfo{}));
            });
    }

    SystemServices& services_;
};

SystemServices::SystemServices(ServedServer server, std::unique_ptr<Poller> poller)
    : server_(server),
      reactor_(std::move(poller)),
      lane_(server.loops, server.lanes, server.log),
      start_time_(wall_now()),
      user_info_(std::make_unique<UserInfoEndpoint>(*this)) {
    lane_.outbound().watch_clock(reactor_.now());
}

SystemServices::~SystemServices() {
    stop();
}

Ref<Subscription> SystemServices::insert(Account& account, std::string subject,
                                         InternalReceiver& receiver) {
    auto subscription = make_ref<ServiceSubscription>(std::move(subject), receiver);
    account.index().insert(subscription);
    account.count_own_subscriptions(1);
    return subscription;
}

Ref<Subscription> SystemServices::serve(Account& account, std::string subject, Handler handler) {
    auto endpoint = std::make_unique<Endpoint>(*this, std::move(handler));
    auto subscription = insert(account, std::move(subject), *endpoint);
    endpoints_.push_back({subscription, std::move(endpoint), false});
    return subscription;
}

// The endpoint is kept, because a loop may be about to call it.
void SystemServices::withdraw(Account& account, const Ref<Subscription>& service) {
    if (!account.index().remove(*service)) return;
    account.count_own_subscriptions(-1);
    for (Served& served : endpoints_) {
        if (served.subscription == service) served.withdrawn = true;
    }
}

void SystemServices::drop_withdrawn() {
    std::erase_if(endpoints_, [](const Served& served) {
        return served.withdrawn && served.subscription.is_only();
    });
}

// The system account itself has only the import about users.
void SystemServices::attach(Account& account) {
    if (!forwarders_.front()) {
        unattached_.push_back(&account);
        return;
    }
    for (size_t i = 0; i < system_imports.size(); ++i) {
        if (account.is_system() && !system_imports[i].share) continue;
        account.index().insert(make_ref<ForwardedSubscription>(
            std::string(system_imports[i].local), Ref<Forwarder>(forwarders_[i].get())));
        account.count_own_subscriptions(1);
    }
}

void SystemServices::attach_system(Account& account) {
    system_account_ = &account;
    for (size_t i = 0; i < system_imports.size(); ++i) {
        forwarders_[i] = make_ref<SystemForwarder>(system_imports[i], account, server_.exchange);
    }
    for (Account* const made : unattached_) attach(*made);
    unattached_ = {};
    insert(account, account_user_info_subject("*"), *user_info_);
    const std::string& id = server_.id;
    const auto statsz = [this](const ServiceRequest& request) { answer_statsz(request); };
    const auto idz = [this](const ServiceRequest& request) { answer_idz(request); };
    serve(account, std::string(server_ping_subject), statsz);
    serve(account, server_ping_request_subject("STATSZ"), statsz);
    serve(account, server_request_subject(id, "STATSZ"), statsz);
    serve(account, server_ping_request_subject("IDZ"), idz);
    serve(account, server_request_subject(id, "IDZ"), idz);
    serve(account, account_request_subject("*", "CONNS"),
          [this](const ServiceRequest& request) { answer_conns(request); });
}

void SystemServices::start() {
    reactor_.after(first_heartbeat, [this] { heartbeat(first_heartbeat * 2); });
    reactor_.after(account_conns_interval, [this] { account_conns_heartbeat(); });
    reactor_.after(service_timeouts_interval, [this] { report_service_timeouts(); });
    thread_ = std::thread([this] { reactor_.run(); });
}

void SystemServices::stop() {
    if (!thread_.joinable()) return;
    reactor_.stop();
    thread_.join();
}

void SystemServices::publish(Account& account, const std::string& subject,
                             std::string_view payload) {
    if (traces_.load(std::memory_order_relaxed))
        server_.log.trace("SYSTEM - <<- [PUB {} {}]", subject, payload.size());
    lane_.publish(account, {.subject = subject, .body = payload},
                  Origin{&account, nullptr, 0, true});
    lane_.commit();
}

void SystemServices::publish_later(Account& account, const std::string& subject,
                                   std::string payload) {
    if (!account.has_subscribers()) return;
    const size_t bytes = subject.size() + payload.size();
    queue_->push(subject, bytes, [this, &account, subject, payload = std::move(payload)] {
        publish(account, subject, payload);
    });
}

size_t SystemServices::ask(Account& account, const std::string& subject, const std::string& reply,
                           std::string_view header, std::string_view payload) {
    std::string body(header);
    body += payload;
    const PublishCommand request{.subject = subject,
                                 .reply = reply,
                                 .has_header = !header.empty(),
                                 .header_bytes = header.size(),
                                 .body = body};
    if (traces_.load(std::memory_order_relaxed))
        server_.log.trace("SYSTEM - <<- [PUB {} {} {}]", subject, reply, body.size());
    const size_t receivers = lane_.publish(account, request, Origin{&account, nullptr, 0, true});
    lane_.commit();
    wipe(body);
    return receivers;
}

void SystemServices::announce(Account& account) {
    if (system_account_ == nullptr || !system_account_->has_subscribers()) return;
    const std::string subject = account_request_subject(account.name(), "CONNS");
    queue_->push(subject, subject.size(), [this, subject, name = account.name()] {
        (void)ask(*system_account_, subject, server_inbox_subject(server_.id), {},
                  account_conns_request_json(server_.events.stamp(), name));
    });
}

void SystemServices::publish_auth_error(Account& account, const DisconnectEvent& event) {
    if (!account.has_subscribers()) return;
    const ClientInfo& client = event.client;
    size_t bytes = sizeof event + event.reason_given.size();
    for (const std::string* text : {&client.name, &client.user, &client.jwt, &client.issuer_key,
                                    &client.account, &client.name_tag, &client.lang})
        bytes += text->size();
    for (const std::string& tag : client.tags) bytes += sizeof(std::string) + tag.size();
    queue_->push("authentication error", bytes, [this, &account, event] {
        publish(account, std::string(account_auth_error_subject),
                to_json(event, server_.events.stamp()));
    });
}

void SystemServices::answer(const ServiceRequest& request, std::string_view payload) {
    if (!request.reply().empty()) publish(request.account(), std::string(request.reply()), payload);
}

void SystemServices::answer(const ServiceRequest& request, std::string_view header,
                            std::string_view payload) {
    if (!request.reply().empty())
        (void)ask(request.account(), std::string(request.reply()), {}, header, payload);
}

bool SystemServices::has_client_interest(Account& account, std::string_view subject) const {
    const auto match = account.index().match(subject);
    const auto is_client = [](const Ref<IndexEntry>& entry) {
        return static_cast<const Subscription&>(*entry).kind() != Subscription::Kind::service;
    };
    if (std::any_of(match->plain.begin(), match->plain.end(), is_client)) return true;
    return std::any_of(match->queues.begin(), match->queues.end(), [&](const auto& group) {
        return std::any_of(group->members.begin(), group->members.end(), is_client);
    });
}

// A server without a cluster sends it only if somebody listens (docs/protocol/system-events.md,
// Statistics).
void SystemServices::heartbeat(std::chrono::milliseconds interval) {
    if (system_account_ != nullptr &&
        has_client_interest(*system_account_, statsz_subject(server_.id))) {
        server_.events.push(StatszEvent{statsz()});
    }
    (void)lane_.matches().sweep();
    server_.exchange.drop_expired();
    drop_withdrawn();
    const auto next = std::min(interval, heartbeat_max);
    reactor_.after(next, [this, next] { heartbeat(next * 2); });
}

void SystemServices::report_service_timeouts() {
    server_.exchange.report_expired();
    reactor_.after(service_timeouts_interval, [this] { report_service_timeouts(); });
}

void SystemServices::account_conns_heartbeat() {
    for (Account* account : server_.registry.accounts()) {
        if (!account->is_global() && account->connections() > 0) publish_account_conns(*account);
    }
    reactor_.after(account_conns_interval, [this] { account_conns_heartbeat(); });
}

void SystemServices::publish_account_conns(Account& account) {
    if (!server_.event_demand.any()) return;
    server_.events.push(AccountConnsEvent{EventHeader::make(), account_stat(account)});
}

AccountStat SystemServices::account_stat(Account& account) const {
    AccountStat stat;
    stat.account = account.name();
    stat.name = account.display_name();
    stat.conns = account.connections();
    stat.total_conns = stat.conns;
    stat.num_subscriptions = static_cast<uint32_t>(account.index().size());
    stat.sent = to_account_stats(account.sent());
    stat.received = to_account_stats(account.received());
    stat.slow_consumers = account.slow_consumers();
    return stat;
}

Statsz SystemServices::statsz() {
    const ProcessStats sample = process_.sample();
    Statsz out;
    out.start = start_time_;
    out.mem_bytes = sample.resident_bytes;
    out.cores = sample.cores;
    out.cpu_percent = sample.cpu_percent;
    out.connections = server_.connections.open.load();
    out.total_connections = server_.connections.total.load();
    MessageCount sent, received;
    for (const Account* account : server_.registry.accounts()) {
        if (account->connections() > 0) ++out.active_accounts;
        out.subscriptions += static_cast<uint32_t>(account->index().size());
        sent.messages += account->sent().messages;
        sent.bytes += account->sent().bytes;
        received.messages += account->received().messages;
        received.bytes += account->received().bytes;
    }
    out.sent = out.sent_to_clients = to_stats(sent);
    out.received = out.received_from_clients = to_stats(received);
    out.slow_consumers = server_.connections.slow_consumers.load();
    out.stalled_clients = server_.connections.stalled_clients.load();
    out.slow_consumer_stats.clients = static_cast<uint64_t>(out.slow_consumers);
    out.stale_connections = server_.connections.stale.load();
    out.stale_connection_stats.clients = static_cast<uint64_t>(out.stale_connections);
    out.active_servers = 1;
    out.gomaxprocs = static_cast<int>(server_.loops);
    return out;
}

void SystemServices::answer_statsz(const ServiceRequest& request) {
    const auto filter = RequestFilter::parse(request.payload());
    if (!filter) {
        answer(request, error_reply_json(server_.events.stamp(), {400, 0, filter.error().text}));
        return;
    }
    const ServerInfo server = server_.events.stamp();
    if (!filter->matches(server)) return;
    if (request.reply().empty()) {
        server_.events.push(StatszEvent{statsz()});
        return;
    }
    answer(request, statsz_reply_json(server, statsz()));
}

void SystemServices::answer_idz(const ServiceRequest& request) {
    answer(request, idz_json(server_.events.stamp()));
}

void SystemServices::answer_conns(const ServiceRequest& request) {
    constexpr std::string_view before = "$SYS.REQ.ACCOUNT.";
    constexpr std::string_view after = ".CONNS";
    const std::string name(request.subject().substr(
        before.size(), request.subject().size() - before.size() - after.size()));
    Account* const account = server_.registry.find(name);
    if (account == nullptr || account->connections() == 0) return;
    if (!request.payload().empty()) {
        const auto object = parse_json_object(request.payload());
        const auto asked = object ? json_string(*object, "acc", name)
                                  : Result<std::string>(fail(Errc::invalid, ""));
        if (!asked || *asked != name) return;
    }
    answer(request, to_json(AccountConnsEvent{EventHeader::make(), account_stat(*account)},
                            server_.events.stamp()));
}

void SystemAccountSink::publish(std::span<const SinkEvent> events) {
    now_ = SteadyClock::now();
    for (const SinkEvent& event : events) {
        lane_.publish(account_, {.subject = event.subject, .body = event.json},
                      Origin{&account_, nullptr, 0, true});
    }
    lane_.commit();
    if (now_ < next_sweep_) return;
    next_sweep_ = now_ + sweep_interval;
    (void)lane_.matches().sweep();
}

}  // namespace midge
