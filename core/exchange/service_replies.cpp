#include "exchange/service_replies.h"

#include "account/account.h"
#include "base/random.h"
#include "event/events.h"
#include "exchange/service_exchange.h"
#include "protocol/headers.h"
#include "routing/publisher.h"
#include "routing/routing_lane.h"
#include "routing/trace_recorder.h"
#include "routing/trace_request.h"

namespace midge {
namespace {

// Removed requests are logged once per this number.
constexpr uint64_t forgotten_per_line = 10'000;

std::string random_token() {
    constexpr size_t token_size = 6;
    constexpr std::string_view letters =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string token = random_bytes(token_size);
    for (char& c : token) c = letters[static_cast<uint8_t>(c) % letters.size()];
    return token;
}

}  // namespace

ServiceReplies::ServiceReplies(Account& account, ServiceExchange& exchange, Logger& log)
    : account_(account), exchange_(exchange), log_(log), prefix_("_R_." + random_token() + ".") {
    account.index().insert(make_ref<ForwardedSubscription>(prefix_ + ">", Ref<Forwarder>(this)));
    account.count_own_subscriptions(1);
}

std::string ServiceReplies::open(ReplyRoute route) {
    const auto end = Clock::now() + route.threshold;
    std::string reply = prefix_ + random_token();
    const std::lock_guard lock(mutex_);
    while (by_reply_.contains(reply)) reply = prefix_ + random_token();
    if (queue_.size() >= open_max) forget_oldest();
    const auto deadline = route.tracked ? deadlines_.emplace(end, reply) : deadlines_.end();
    queue_.push_back({reply, std::move(route), end, deadline});
    by_reply_.emplace(queue_.back().reply, std::prev(queue_.end()));
    return reply;
}

void ServiceReplies::close(std::string_view reply) {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_reply_.find(reply); found != by_reply_.end()) erase(found->second);
}

void ServiceReplies::drop_expired() {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    for (auto open = queue_.begin(); open != queue_.end();) {
        const auto next = std::next(open);
        if (now >= open->end && !open->route.tracked) erase(open);
        open = next;
    }
}

void ServiceReplies::report_expired() {
    const auto now = Clock::now();
    std::vector<std::shared_ptr<const TrackedRequest>> expired;
    {
        const std::lock_guard lock(mutex_);
        while (!deadlines_.empty() && now >= deadlines_.begin()->first) {
            const auto open = by_reply_.at(deadlines_.begin()->second);
            expired.push_back(open->route.tracked);
            erase(open);
        }
    }
    for (const auto& tracked : expired) {
        report(failure(*tracked, LatencyStatus::service_timeout), tracked->subject);
    }
}

void ServiceReplies::report(const ServiceLatencyEvent& event, const std::string& subject) {
    exchange_.report(account_, subject, to_json(event));
}

size_t ServiceReplies::size() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

bool ServiceReplies::forward(RoutingLane& lane, const PublishCommand& message,
                             const Origin& origin) {
    TraceRecorder* const trace = origin.trace;
    const bool traced_only = trace != nullptr && trace->only();
    const auto route = take(message.subject, traced_only);
    if (!route || (route->traces_only && origin.publisher != nullptr)) return false;
    if (trace != nullptr) trace->requested(*route->account, message.subject, route->subject);
    if (traced_only) return false;
    const auto answered = Clock::now();
    PublishCommand response = message;
    response.subject = route->subject;
    std::string reply;
    if (!message.reply.empty()) {
        // The requestor may answer the answer.
        reply = exchange_.replies_of(*route->account)
                    .open({&account_, std::string(message.reply), route->once, route->threshold});
        response.reply = reply;
        response.rest = {};
    }
    std::string body;
    if (trace != nullptr) {
        // The responder must not see what happens to the message in the other account.
        body = with_header(message.body.substr(0, message.header_bytes), trace_destination_header,
                           trace_disabled);
        response.header_bytes = body.size();
        response.body = body.append(message.body.substr(message.header_bytes));
        response.rest = response.size_text = {};
    }
    Origin from = origin;
    from.account = route->account;
    from.trace = nullptr;
    const size_t receivers = lane.forward(*route->account, response, from);
    if (!route->once && (receivers == 0 || message.body.empty())) close(message.subject);
    if (receivers == 0 && !reply.empty()) exchange_.replies_of(*route->account).close(reply);
    if (const auto& tracked = route->tracked) {
        const bool served = receivers != 0 && origin.publisher != nullptr;
        report(served ? success(*tracked, origin.publisher->requestor_info(true), answered)
                      : failure(*tracked, LatencyStatus::request_timeout),
               tracked->subject);
    }
    return receivers != 0;
}

std::optional<ReplyRoute> ServiceReplies::take(std::string_view reply, bool keep) {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    const auto found = by_reply_.find(reply);
    if (found == by_reply_.end()) return {};
    const Queue::iterator open = found->second;
    if (now >= open->end) {
        if (!open->route.tracked) erase(open);  // otherwise report_expired() removes it
        return {};
    }
    if (keep) return open->route;
    if (open->route.traces_only) return open->route;  // its time limit is not extended
    if (!open->route.once) {
        open->end = now + open->route.threshold;
        queue_.splice(queue_.end(), queue_, open);
        return open->route;
    }
    ReplyRoute route = std::move(open->route);
    erase(open);
    return route;
}

void ServiceReplies::erase(Queue::iterator open) {
    if (open->deadline != deadlines_.end()) deadlines_.erase(open->deadline);
    by_reply_.erase(open->reply);
    queue_.erase(open);
}

void ServiceReplies::forget_oldest() {
    erase(queue_.begin());
    if (forgotten_++ % forgotten_per_line != 0) return;
    log_.log_with(LogLevel::warn, {{"account", account_.name()}},
                  "Account [{}]: {} requests to its services wait for a response, the oldest are "
                  "forgotten",
                  account_.name(), open_max);
}

}  // namespace midge
