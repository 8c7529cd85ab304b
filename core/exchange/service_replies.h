#pragma once
// The replies to requests from other accounts (docs/protocol/subjects.md, Service imports).
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

// The receiver of the messages that answer a request.
struct ReplyRoute {
    Account* account = nullptr;
    std::string subject;
    bool once = true;  // there is only one message; otherwise an empty message is the last
    std::chrono::nanoseconds threshold{};  // time to the first message, and between messages
    std::shared_ptr<const TrackedRequest> tracked = nullptr;  // null: it is not measured
    // For traces of the service. Messages that clients publish to this subject are not passed on.
    bool traces_only = false;
};

// Belongs to one account that exports services; exists as long as the broker. Usable from any
// thread.
class ServiceReplies final : public Forwarder {
  public:
    // The most open requests. If there are more, the oldest are removed.
    static constexpr size_t open_max = 262'144;

    ServiceReplies(Account& account, ServiceExchange& exchange, Logger& log);
    // Returns a new reply subject for the service: "_R_.xxxxxx.xxxxxx".
    [[nodiscard]] std::string open(ReplyRoute route);
    void close(std::string_view reply);
    void drop_expired();
    // Publishes latency events for measured requests that were not answered in time.
    void report_expired();
    void report(const ServiceLatencyEvent& event, const std::string& subject);
    [[nodiscard]] size_t size() const;

    // Forwarder: called for messages to such a reply subject.
    bool forward(RoutingLane& lane, const PublishCommand& message, const Origin& origin) override;

  private:
    using Clock = SteadyClock;
    using Deadlines = std::multimap<Clock::time_point, std::string>;
    struct Open {
        std::string reply;
        ReplyRoute route;
        Clock::time_point end;
        Deadlines::iterator deadline;  // valid only if the request is measured
    };
    using Queue = std::list<Open>;
    // `keep`: does not change the request.
    [[nodiscard]] std::optional<ReplyRoute> take(std::string_view reply, bool keep);
    void erase(Queue::iterator open);
    void forget_oldest();

    Account& account_;
    ServiceExchange& exchange_;
    Logger& log_;
    const std::string prefix_;  // "_R_.xxxxxx."
    mutable std::mutex mutex_;
    Queue queue_;  // sorted by the time of the last message, oldest first
    std::unordered_map<std::string_view, Queue::iterator> by_reply_;  // views into queue_
    Deadlines deadlines_;  // of measured requests; values are reply subjects
    uint64_t forgotten_ = 0;
};

}  // namespace midge
