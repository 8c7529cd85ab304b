#pragma once
// Publish -> deliveries, on one thread.
#include <cstdint>
#include <string>

#include "account/account.h"
#include "base/log.h"
#include "broker/subscription.h"
#include "config/options.h"
#include "net/outbound.h"

namespace midge {

// Owned by the thread that routes with it: an event loop, the system loop or the event bus. Nothing
// here takes a lock or allocates for a subject that was published to before.
class RoutingLane {
  public:
    // Traces deliveries to `log`.
    RoutingLane(unsigned index, Logger& log);

    // Kept here, so that the path of a message reads no shared state for it.
    void set_tracing(const LogOptions& options) {
        trace_options_ = options;
        tracing_ = options.trace;
    }
    [[nodiscard]] bool tracing() const noexcept { return tracing_; }
    [[nodiscard]] DeliveryLane& outbound() noexcept { return outbound_; }
    // Stages `message` for everybody in `account` who wants it; gives the number of receivers.
    // commit() sends it.
    size_t publish(Account& account, const PublishCommand& message, const Origin& origin);
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
        bool made = false;
    };
    [[nodiscard]] bool deliver(Subscription& subscription, const PublishCommand& message,
                               const Origin& origin);
    [[nodiscard]] bool deliver_to_group(const QueueGroup& group, const PublishCommand& message,
                                        const Origin& origin);
    const Framing& framing(const PublishCommand& message, bool with_header);
    void write_line(const PublishCommand& message, bool with_header, size_t body_bytes,
                    std::string& out) const;
    void trace(const Subscription& subscription, const PublishCommand& message,
               const Framing& framing) const;
    void stage(Outbound& target, std::string_view subject, const Framing& framing,
               std::string_view sid);
    void stage_large(Outbound& target, std::string_view subject, const Framing& framing,
                     std::string_view sid);

    DeliveryLane outbound_;
    Logger& log_;
    bool tracing_ = false;
    size_t to_server_ = 0;  // receivers of the message under way that are no clients
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
