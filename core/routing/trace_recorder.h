#pragma once
// What is noted of a traced message on its way (spec system-events.md 7).
#include "account/account.h"
#include "event/message_trace.h"
#include "routing/subscription.h"
#include "routing/trace_request.h"

namespace midge {

// Why a receiver does not get it.
enum class NotDelivered : uint8_t { no_echo, denied, unsubscribed, closed, slow };

// Of one message, on the stack of the thread that publishes it.
class TraceRecorder {
  public:
    // More are counted only: a message to everybody must not become an event of any size.
    static constexpr size_t steps_max = 10'000;

    // `publisher`: the account of who publishes it, in which `request.destination` gets the trace.
    TraceRecorder(const Account& publisher, TraceRequest request, size_t message_bytes);

    [[nodiscard]] const std::string& destination() const noexcept { return destination_; }
    // Nobody gets the message itself.
    [[nodiscard]] bool only() const noexcept { return only_; }
    void received(uint64_t connection_id, const std::string& client_name, std::string_view subject);
    // What it was refused for; after received().
    void refused(std::string_view why) { trace_.steps.front().error = why; }
    void mapped(std::string_view to);
    void exported(const Account& to_account, std::string_view to);
    void requested(const Account& of_account, std::string_view from, std::string_view to);
    // `account`: that of the receiver.
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
