#pragma once
// Records the path of a traced message (docs/protocol/system-events.md, Message traces).
#include "account/account.h"
#include "event/message_trace.h"
#include "routing/subscription.h"
#include "routing/trace_request.h"

namespace midge {

// The reason why a receiver does not get the message.
enum class NotDelivered : uint8_t { no_echo, denied, unsubscribed, closed, slow };

// Records one message; on the stack of the publishing thread.
class TraceRecorder {
  public:
    // The limit of recorded steps; more are only counted, because a message with many receivers
    // must not make an event of any size.
    static constexpr size_t steps_max = 10'000;

    // `publisher`: the publisher's account, in which the trace is published to
    // `request.destination`.
    TraceRecorder(const Account& publisher, TraceRequest request, size_t message_bytes);

    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    // True: the message itself is not delivered.
    [[nodiscard]] bool only() const noexcept { return only_; }
    void received(uint64_t connection_id, const std::string& client_name, std::string_view subject);
    // Records why the message was refused. Requires: received() was called.
    void refused(std::string_view why) { trace_.steps.front().error = why; }
    void mapped(std::string_view to);
    void exported(const Account& to_account, std::string_view to);
    void requested(const Account& of_account, std::string_view from, std::string_view to);
    // `account`: the receiver's account.
    void delivered(const ClientSubscription& subscription, const Account& account);
    void not_delivered(const ClientSubscription& subscription, const Account& account,
                       NotDelivered why);

    [[nodiscard]] const MessageTrace& trace() const noexcept { return trace_; }

  private:
    [[nodiscard]] TraceStep* add(TraceStepType type);
    void egress(const ClientSubscription& subscription, const Account& account,
                std::string_view error);

    const Account& publisher_;
    const std::string destination_;
    const bool only_;
    MessageTrace trace_;
};

}  // namespace midge
