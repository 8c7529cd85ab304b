// Session: permissions that change while it is connected (spec client-protocol.md 7).
#include "client/session.h"

namespace midge {
namespace {

constexpr std::string_view system_queue = "_sys_";

}  // namespace

SubscribeVerdict Session::judge_subscribe(std::string_view subject, std::string_view queue) const {
    if (queue == system_queue) return SubscribeVerdict::denied;
    if (!grant_.permissions) return SubscribeVerdict::allowed;
    return grant_.permissions->may_subscribe(subject, queue);
}

ClientSubscription::Receiver Session::receiver(SubscribeVerdict verdict) const {
    ClientSubscription::Receiver client{outbound_ref(), id(),    &loop(),
                                        headers_,       nullptr, reply_permits_};
    if (verdict == SubscribeVerdict::filtered) client.filter = grant_.permissions;
    return client;
}

void Session::renew_reply_permits() {
    reply_permits_ = {};
    if (grant_.permissions && grant_.permissions->responses())
        reply_permits_ = make_ref<ReplyPermits>(*grant_.permissions->responses());
}

// Subscriptions that are not allowed any more end, and the client hears of it; the others go on.
void Session::change_permissions(std::shared_ptr<const Permissions> permissions) {
    if (allow_the_same(grant_.permissions, permissions)) return;
    grant_.permissions = std::move(permissions);
    last_allowed_subject_.clear();
    repeats_allowed_ = false;
    renew_reply_permits();
    std::vector<std::string> denied;
    for (const auto& [sid, subscription] : subscriptions_.all()) {
        const SubscribeVerdict verdict =
            judge_subscribe(subscription->subject(), subscription->queue());
        if (verdict == SubscribeVerdict::denied) {
            denied.push_back(sid);
        } else {
            renew_subscription(sid, *subscription, verdict);
        }
    }
    for (const std::string& sid : denied) remove_subscription(sid);
}

// What a subscription is asked for at each delivery is fixed when it is made.
void Session::renew_subscription(const std::string& sid, const ClientSubscription& subscription,
                                 SubscribeVerdict verdict) {
    ClientSubscription::Receiver now = receiver(verdict);
    const ClientSubscription::Receiver& before = subscription.receiver();
    if (now.filter == before.filter && now.reply_permits == before.reply_permits) return;
    subscriptions_.deliver_to(sid, std::move(now));
}

void Session::remove_subscription(const std::string& sid) {
    const Ref<ClientSubscription> removed(subscriptions_.find(sid));
    subscriptions_.drop(sid);
    const std::string& queue = removed->queue();
    send_error(subscription_removed_line(removed->subject(), queue, sid));
    logger().info("Removed sub {}{} (sid {}) for {} - not authorized", go_quote(removed->subject()),
                  queue.empty() ? "" : " using queue " + go_quote(queue), go_quote(sid),
                  user_label());
}

}  // namespace midge
