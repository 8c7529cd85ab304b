#pragma once
// Publish -> deliveries, on one thread.
#include <cstdint>
#include <string>

#include "account/account.h"
#include "base/log.h"
#include "broker/subscription.h"
#include "net/outbound.h"

namespace midge {

// Owned by the thread that routes with it: an event loop, the system loop or the event bus. Nothing here takes a lock or
// allocates for a subject that was published to before.
class RoutingLane {
  public:
    // Traces deliveries to `log`.
    RoutingLane(unsigned index, Logger& log);

    // Kept here, so that the path of a message reads no shared state for it.
    void set_tracing(bool tracing) noexcept { tracing_ = tracing; }
    [[nodiscard]] bool tracing() const noexcept { return tracing_; }
    [[nodiscard]] DeliveryLane& outbound() noexcept { return outbound_; }
    // Stages `message` for everybody in `account` who wants it; gives the number of receivers. commit() sends it.
    size_t publish(Account& account, const RoutedMessage& message, const Origin& origin);
    void commit() { outbound_.commit(); }

  private:
    // The lines before a message's body, but for the sid; made at most once per message.
    struct Framing {
        std::string head;  // "MSG subject "
        std::string tail;  // " reply 5\r\n"
        bool made = false;
    };
    [[nodiscard]] bool deliver(Subscription& subscription, const RoutedMessage& message, const Origin& origin);
    [[nodiscard]] bool deliver_to_group(const QueueGroup& group, const RoutedMessage& message, const Origin& origin);
    const Framing& framing(const RoutedMessage& message, bool with_header);
    void trace(const Subscription& subscription, const Framing& framing) const;
    void stage(Outbound& target, const Framing& framing, std::string_view sid, std::string_view body);
    void stage_large(Outbound& target, const Framing& framing, std::string_view sid, std::string_view body);
    [[nodiscard]] uint32_t random() noexcept;

    DeliveryLane outbound_;
    Logger& log_;
    bool tracing_ = false;
    size_t to_server_ = 0;  // receivers of the message under way that are no clients
    Framing plain_;
    Framing headed_;
    Ref<const SharedBytes> shared_body_;  // of the message under way, when large
    uint64_t random_state_;
};

}  // namespace midge
