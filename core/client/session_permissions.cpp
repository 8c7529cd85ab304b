// Session: permissions that change while it is connected (spec client-protocol.md 7).
#include <cassert>

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
    for (auto& [sid, subscription] : subscriptions_) {
        const SubscribeVerdict verdict =
            judge_subscribe(subscription->subject(), subscription->queue());
        if (verdict == SubscribeVerdict::denied) {
            denied.push_back(sid);
        } else {
            renew_subscription(subscription, verdict);
        }
    }
    for (const std::string& sid : denied) remove_subscription(sid);
}

// What a subscription is asked for at each delivery is fixed when it is made.
void Session::renew_subscription(Ref<ClientSubscription>& subscription, SubscribeVerdict verdict) {
    ClientSubscription::Receiver client = receiver(verdict);
    const ClientSubscription::Receiver& before = subscription->receiver();
    if (client.filter == before.filter && client.reply_permits == before.reply_permits) return;
    const auto renewed = make_ref<ClientSubscription>(*subscription, std::move(client));
    [[maybe_unused]] const bool was_there = grant_.account->index().replace(*subscription, renewed);
    assert(was_there);
    subscription = renewed;
    renew_imported(*renewed);
}

void Session::remove_subscription(const std::string& sid) {
    const Ref<ClientSubscription> removed = subscriptions_.find(sid)->second;
    drop_subscription(sid);
    const std::string& queue = removed->queue();
    send_error(subscription_removed_line(removed->subject(), queue, sid));
    logger().info("Removed sub {}{} (sid {}) for {} - not authorized", go_quote(removed->subject()),
                  queue.empty() ? "" : " using queue " + go_quote(queue), go_quote(sid),
                  user_label());
}

}  // namespace midge
