#pragma once
// The replies to requests that went from one account to a service of another (spec
// client-protocol.md 12).
#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "exchange/service_tracking.h"
#include "routing/subscription.h"

namespace midge {

class ServiceExchange;

// Who waits for the messages that answer a request.
struct ReplyRoute {
    Account* account = nullptr;
    std::string subject;
    bool once = true;                      // one message is all; else an empty one is the last
    std::chrono::nanoseconds threshold{};  // to the first message, and from one to the next
    std::shared_ptr<const TrackedRequest> tracked = nullptr;  // null: it is not measured
    // For traces of what the service does: what clients publish there themselves does not pass.
    bool traces_only = false;
};

// Of one account that exports services, for the life of the broker. Safe from any thread.
class ServiceReplies final : public Forwarder {
  public:
    // Requests without an answer yet. More, and the oldest are forgotten.
    static constexpr size_t open_max = 262'144;

    ServiceReplies(Account& account, ServiceExchange& exchange, Logger& log);
    // What the service is to answer to: "_R_.xxxxxx.xxxxxx".
    [[nodiscard]] std::string open(ReplyRoute route);
    void close(std::string_view reply);
    void drop_expired();
    // Publishes that measured requests were not answered in time.
    void report_expired();
    void report(const ServiceLatencyEvent& event, const std::string& subject);
    [[nodiscard]] size_t size() const;

    // Forwarder, of what is published to such a subject.
    bool forward(RoutingLane& lane, const PublishCommand& message, const Origin& origin) override;

  private:
    using Clock = SteadyClock;
    using Deadlines = std::multimap<Clock::time_point, std::string>;
    struct Open {
        std::string reply;
        ReplyRoute route;
        Clock::time_point end;
        Deadlines::iterator deadline;  // if it is measured
    };
    using Queue = std::list<Open>;
    // `keep`: as if nobody had asked.
    [[nodiscard]] std::optional<ReplyRoute> take(std::string_view reply, bool keep);
    void erase(Queue::iterator open);
    void forget_oldest();

    Account& account_;
    ServiceExchange& exchange_;
    Logger& log_;
    const std::string prefix_;  // "_R_.xxxxxx."
    mutable std::mutex mutex_;
    Queue queue_;  // the longest without a message first
    std::unordered_map<std::string_view, Queue::iterator> by_reply_;  // views into queue_
    Deadlines deadlines_;  // of those that are measured; with their replies
    uint64_t forgotten_ = 0;
};

}  // namespace midge
