#pragma once
// Publish -> deliveries, on one thread.
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

// Owned by the thread that routes with it: an event loop, the system loop or the event bus. Nothing
// here takes a lock or allocates for a subject that was published to before.
class RoutingLane {
  public:
    // Of the match results that all lanes keep.
    static constexpr size_t match_bytes_max = 64 * 1024 * 1024;

    // One of so many lanes. Traces deliveries to `log`.
    RoutingLane(unsigned index, unsigned lanes, Logger& log);

    // Kept here, so that the path of a message reads no shared state for it.
    void set_options(const Options& options);
    [[nodiscard]] bool tracing() const noexcept { return tracing_; }
    [[nodiscard]] DeliveryLane& outbound() noexcept { return outbound_; }
    [[nodiscard]] MatchCache& matches() noexcept { return matches_; }
    // Stages `message` for everybody in `account` who wants it; gives the number of receivers.
    // commit() sends it.
    size_t publish(Account& account, const PublishCommand& message, const Origin& origin);
    // The same for a message that `origin.trace` notes the way of.
    size_t publish_traced(Account& account, const PublishCommand& message, const Origin& origin);
    // The same for what a Forwarder passes on, traced or not.
    size_t forward(Account& account, const PublishCommand& message, const Origin& origin);
    // After an exception within one of these: what they keep of the message under way is dropped.
    void forget_message() noexcept;
    void commit() { outbound_.commit(); }
    // Fast and guessable: to spread load, never for a secret.
    [[nodiscard]] uint32_t random() noexcept;

  private:
    // A message as it is written to a receiver: "MSG ", subject, blank, sid, then this.
    struct Framing {
        std::string_view operation;  // "MSG " or "HMSG "
        std::string_view line;       // from the blank after the sid to the CRLF
        std::string_view body;       // header and payload
        std::string_view rest;  // line, body and CRLF, if they are one piece of memory; else empty
        SharedBytesWriter::Place kept;  // of line, body and CRLF, once a slow receiver needed it
        bool made = false;
    };
    size_t route(Account& account, AccountLane& lane, const PublishCommand& message,
                 const Origin& origin, bool traced);
    [[nodiscard]] size_t pass_on(const PublishCommand& message, const Origin& origin);
    [[nodiscard]] bool deliver(Subscription& subscription, const PublishCommand& message,
                               const Origin& origin);
    // Whether to deliver to a receiver that is not prompt; does what no_fast_producer_stall asks
    // for.
    [[nodiscard]] bool deliver_to(Uptake uptake, const Origin& origin);
    // Whether who published is a client that may be made to wait for slow receivers.
    [[nodiscard]] static bool may_wait(const Origin& origin);
    // After a delivery: who published waits for `target` if it wants room.
    void hold_back(Outbound& target, const Origin& origin);
    [[nodiscard]] bool deliver_to_client(ClientSubscription& subscription,
                                         const PublishCommand& message, const Origin& origin);
    [[nodiscard]] bool deliver_imported(ClientSubscription& subscription,
                                        const PublishCommand& message, const Origin& origin);
    // To queue groups, and to links.
    [[nodiscard]] size_t deliver_to_others(const MatchResult& match, const PublishCommand& message,
                                           const Origin& origin);
    [[nodiscard]] bool deliver_to_link(LinkTarget& target, const PublishCommand& message,
                                       const Origin& origin, std::string_view queue);
    [[nodiscard]] bool deliver_otherwise(Subscription& subscription, const PublishCommand& message,
                                         const Origin& origin);
    [[nodiscard]] bool deliver_to_group(const QueueGroup& group, const PublishCommand& message,
                                        const Origin& origin);
    // Of a message whose way is traced: apart, so that others pay nothing.
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
    // Receivers of the message under way that are no clients, or in another account.
    size_t counted_elsewhere_ = 0;
    std::string local_subject_;  // of the import under way
    // Those that want the message under way, when its other receivers have it.
    std::vector<Ref<ForwardedSubscription>> forwarders_;
    // Of the message under way; made at most once each.
    Framing plain_;
    Framing headed_;
    std::string plain_line_,
        headed_line_;  // memory behind `line` where the publisher's own cannot be used
    Ref<const SharedBytes> shared_body_;  // of the message under way, when large
    uint64_t random_state_;
    LogOptions trace_options_;
};

}  // namespace midge
