#pragma once
// Routes published messages to their receivers, on one thread.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account/account.h"
#include "base/log.h"
#include "config/options.h"
#include "net/delivery_lane.h"
#include "routing/subscription.h"

namespace midge {

enum class NotDelivered : uint8_t;

// Owned by the thread that routes with it: an event loop, the system thread or the event bus. For a
// subject that was published to before, routing takes no lock and allocates no memory.
class RoutingLane {
  public:
    // The memory limit for the match results of all lanes together.
    static constexpr size_t match_bytes_max = 64 * 1024 * 1024;

    // `index` of `lanes` lanes. Traces deliveries to `log`.
    RoutingLane(unsigned index, unsigned lanes, Logger& log);

    // Copies options, so that the path of a message reads no shared state for them.
    void set_options(const Options& options);
    [[nodiscard]] bool tracing() const noexcept { return tracing_; }
    [[nodiscard]] DeliveryLane& outbound() noexcept { return outbound_; }
    [[nodiscard]] MatchCache& matches() noexcept { return matches_; }
    // Stages `message` for all its receivers in `account`. Returns their number. commit() sends it.
    size_t publish(Account& account, const PublishCommand& message, const Origin& origin);
    // The same for a message whose way `origin.trace` records.
    size_t publish_traced(Account& account, const PublishCommand& message, const Origin& origin);
    // The same for a message that a Forwarder passes on, traced or not.
    size_t forward(Account& account, const PublishCommand& message, const Origin& origin);
    // After an exception in one of these functions: drops their state about the current message.
    void forget_message() noexcept;
    void commit() { outbound_.commit(); }
    // Fast and predictable: for load balancing, never for secrets.
    [[nodiscard]] uint32_t random() noexcept;

  private:
    // The parts of a message for a receiver: "MSG ", subject, blank, sid, then this.
    struct Framing {
        std::string_view operation;  // "MSG " or "HMSG "
        std::string_view line;       // from the blank after the sid to the CRLF
        std::string_view body;       // header and payload
        // Line, body and CRLF, if they are contiguous in memory; otherwise empty.
        std::string_view rest;
        // Copy of line, body and CRLF, if a slow receiver needed one.
        SharedBytesWriter::Place kept;
        bool made = false;
    };
    size_t route(Account& account, AccountLane& lane, const PublishCommand& message,
                 const Origin& origin, bool traced);
    [[nodiscard]] size_t pass_on(const PublishCommand& message, const Origin& origin);
    [[nodiscard]] bool deliver(Subscription& subscription, const PublishCommand& message,
                               const Origin& origin);
    // Returns whether to deliver to a receiver that is not prompt. Applies no_fast_producer_stall.
    [[nodiscard]] bool deliver_to(Uptake uptake, const Origin& origin);
    // Whether the publisher is a client that may be paused for slow receivers.
    [[nodiscard]] static bool may_wait(const Origin& origin);
    // Called after a delivery: makes the publisher wait for `target` if it wants room.
    void hold_back(Outbound& target, const Origin& origin);
    [[nodiscard]] bool deliver_to_client(ClientSubscription& subscription,
                                         const PublishCommand& message, const Origin& origin);
    [[nodiscard]] bool deliver_imported(ClientSubscription& subscription,
                                        const PublishCommand& message, const Origin& origin);
    // Delivers to queue groups and links.
    [[nodiscard]] size_t deliver_to_others(const MatchResult& match, const PublishCommand& message,
                                           const Origin& origin);
    [[nodiscard]] bool deliver_to_link(LinkTarget& target, const PublishCommand& message,
                                       const Origin& origin, std::string_view queue);
    [[nodiscard]] bool deliver_otherwise(Subscription& subscription, const PublishCommand& message,
                                         const Origin& origin);
    [[nodiscard]] bool deliver_to_group(const QueueGroup& group, const PublishCommand& message,
                                        const Origin& origin);
    // The same for traced messages. Separate functions, so that other messages pay nothing.
    [[nodiscard]] size_t deliver_all_traced(const MatchResult& match, const PublishCommand& message,
                                            const Origin& origin);
    [[nodiscard]] bool deliver_traced(Subscription& subscription, const PublishCommand& message,
                                      const Origin& origin);
    [[nodiscard]] bool deliver_traced_to_client(ClientSubscription& subscription,
                                                const PublishCommand& message,
                                                const Origin& origin);
    [[nodiscard]] static std::optional<NotDelivered> obstacle(
        const ClientSubscription& subscription, std::string_view subject, const Origin& origin);
    Framing& framing(const PublishCommand& message, bool with_header);
    void write_line(const PublishCommand& message, bool with_header, size_t body_bytes,
                    std::string& out) const;
    void trace(const ClientSubscription& subscription, const PublishCommand& message,
               const Framing& framing) const;
    [[nodiscard]] static size_t size_of(std::string_view subject, const Framing& framing,
                                        std::string_view sid) noexcept;
    void stage(Staged& staged, std::string_view subject, const Framing& framing,
               std::string_view sid);
    void stage_slow(Staged& staged, std::string_view subject, Framing& framing,
                    std::string_view sid);
    void stage_large(Staged& staged, std::string_view subject, const Framing& framing,
                     std::string_view sid);

    DeliveryLane outbound_;
    MatchCache matches_;
    Logger& log_;
    bool tracing_ = false;
    SlowConsumerPolicy slow_consumers_ = SlowConsumerPolicy::wait;
    // Receivers of the current message that are not clients or are in another account.
    size_t counted_elsewhere_ = 0;
    std::string local_subject_;  // local subject of the current import
    // Forwarders that get the current message after its other receivers.
    std::vector<Ref<ForwardedSubscription>> forwarders_;
    // Parts of the current message, each made at most once.
    Framing plain_;
    Framing headed_;
    std::string plain_line_,
        headed_line_;                     // memory of `line` if the publisher's line cannot be used
    Ref<const SharedBytes> shared_body_;  // body of the current message, if it is large
    uint64_t random_state_;
    LogOptions trace_options_;
};

}  // namespace midge
