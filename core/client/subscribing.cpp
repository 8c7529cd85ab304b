#include "client/subscribing.h"

#include <vector>

#include "client/client_reports.h"
#include "connection/connection.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr std::string_view system_queue = "_sys_";

SubscribeVerdict judge(const LoginGrant& grant, std::string_view subject, std::string_view queue) {
    if (queue == system_queue) return SubscribeVerdict::denied;
    if (!grant.permissions) return SubscribeVerdict::allowed;
    return grant.permissions->may_subscribe(subject, queue);
}

ClientSubscription::Receiver receiver(const Connection& connection, const ClientState& client,
                                      SubscribeVerdict verdict) {
    ClientSubscription::Receiver receiver{
        connection.outbound_ref(), connection.id(), &connection.loop(),
        client.connect.headers,    nullptr,         client.publish_rules.reply_permits()};
    if (verdict == SubscribeVerdict::filtered) receiver.filter = client.grant.permissions;
    return receiver;
}

void refuse_subscription(Connection& connection, ClientState& client,
                         const SubscribeCommand& command) {
    report_denied(connection, client, "subscribe", command.subject, command.queue);
    const std::string queue =
        command.queue.empty() ? std::string() : ", Queue: " + go_quote(command.queue);
    connection.log_with(
        LogLevel::error,
        {{"subject", command.subject}, {"queue", command.queue}, {"sid", command.sid}},
        "Subscription Violation - Subject {}{}, SID {}", go_quote(command.subject), queue,
        command.sid);
    connection.send_error(subscribe_violation_line(command.subject, command.queue));
}

// Users of nats-server may wonder about the difference.
void note_other_verdict(const Connection& connection, const LoginGrant& grant,
                        const SubscribeCommand& command, SubscribeVerdict verdict) {
    if (!grant.permissions->is_judged_otherwise(command.subject, verdict)) return;
    const bool denied = verdict == SubscribeVerdict::denied;
    connection.log_with(
        LogLevel::warn,
        {{"subject", command.subject}, {"queue", command.queue}, {"sid", command.sid}}, "{} is {}",
        go_quote(command.subject),
        denied ? "wider than what is allowed; nats-server takes \">\" for a token that \"*\" covers"
               : "taken without what is denied; nats-server refuses it");
}

bool has_room(Connection& connection, const ClientState& client, const SubscribeCommand& command) {
    const int tokens_max = connection.loop().settings().options.subscription_tokens_max;
    if (tokens_max > 0 && count_tokens(command.subject) > static_cast<size_t>(tokens_max)) {
        connection.log_with(
            LogLevel::error,
            {{"subject", command.subject}, {"queue", command.queue}, {"sid", command.sid}},
            "Subscription Violation Too Many Tokens - Subject {}, SID {}",
            go_quote(command.subject), command.sid);
        connection.send_error(too_many_tokens_line(command.subject));
        return false;
    }
    if (static_cast<int64_t>(client.subscriptions.size()) < client.subscriptions_max) return true;
    const std::string_view why = wire_text(WireError::maximum_subscriptions_exceeded);
    if (client.grant.account->may_log_limit(Reactor::Clock::now()))
        connection.log_with(LogLevel::error,
                            {{"reason", why},
                             {"subject", command.subject},
                             {"queue", command.queue},
                             {"sid", command.sid}},
                            "{}", why);
    connection.send_error(err_line(WireError::maximum_subscriptions_exceeded));
    return false;
}

// What a subscription is asked for at each delivery is fixed when it is made.
void renew_subscription(const std::string& sid, const ClientSubscription& subscription,
                        ClientSubscription::Receiver now, ClientSubscriptions& all) {
    const ClientSubscription::Receiver& before = subscription.receiver();
    if (now.filter == before.filter && now.reply_permits == before.reply_permits) return;
    all.deliver_to(sid, std::move(now));
}

void remove_subscription(Connection& connection, ClientState& client, const std::string& sid) {
    const Ref<ClientSubscription> removed(client.subscriptions.find(sid));
    client.subscriptions.drop(sid);
    const std::string& queue = removed->queue();
    connection.send_error(subscription_removed_line(removed->subject(), queue, sid));
    const LoginGrant& grant = client.grant;
    // As for nats-server, the text has no address in front of it.
    connection.loop().logger().log_with(
        LogLevel::info,
        {{"cid", connection.id()},
         {"account", grant.account->name()},
         {"user", grant.user},
         {"subject", removed->subject()},
         {"queue", queue},
         {"sid", sid}},
        "Removed sub {}{} (sid {}) for {} - not authorized", go_quote(removed->subject()),
        queue.empty() ? "" : " using queue " + go_quote(queue), go_quote(sid),
        ClientProfile::user_label(client.connect.profile.get(), grant));
}

}  // namespace

// The order of the checks is that of nats-server, so that clients see the same error.
bool subscribe(Connection& connection, ClientState& client, const SubscribeCommand& command) {
    const SubscribeVerdict verdict = judge(client.grant, command.subject, command.queue);
    if (verdict != SubscribeVerdict::allowed && client.grant.permissions)
        note_other_verdict(connection, client.grant, command, verdict);
    if (verdict == SubscribeVerdict::denied) {
        refuse_subscription(connection, client, command);
        return false;
    }
    if (!has_room(connection, client, command)) return false;
    // The client may have had the last delivery before the loop hears of it.
    client.subscriptions.drop_spent(command.sid);
    if (client.subscriptions.find(command.sid) != nullptr) return true;
    if (!is_subscribable(command.subject)) {
        connection.send_error(err_line(WireError::invalid_subject));
        return false;
    }
    client.subscriptions.add(make_ref<ClientSubscription>(
        std::string(command.subject), std::string(command.queue), std::string(command.sid),
        receiver(connection, client, verdict)));
    return true;
}

void unsubscribe(ClientState& client, std::string_view sid, int64_t max) {
    ClientSubscription* const found = client.subscriptions.find(sid);
    if (found == nullptr) return;
    // A spent subscription stays spent, though the loop may not have heard of it yet.
    const bool stays = max > 0 && !found->spent() && found->end_after(static_cast<uint64_t>(max));
    if (!stays) client.subscriptions.drop(sid);
}

void change_permissions(Connection& connection, ClientState& client,
                        std::shared_ptr<const Permissions> permissions) {
    LoginGrant& grant = client.grant;
    if (allow_the_same(grant.permissions, permissions)) return;
    grant.permissions = std::move(permissions);
    client.publish_rules.forget();
    client.publish_rules.set_reply_permits(grant.permissions.get());
    std::vector<std::string> denied;
    for (const auto& [sid, subscription] : client.subscriptions.all()) {
        const SubscribeVerdict verdict =
            judge(grant, subscription->subject(), subscription->queue());
        if (verdict == SubscribeVerdict::denied) {
            denied.push_back(sid);
        } else {
            renew_subscription(sid, *subscription, receiver(connection, client, verdict),
                               client.subscriptions);
        }
    }
    for (const std::string& sid : denied) remove_subscription(connection, client, sid);
}

}  // namespace midge
