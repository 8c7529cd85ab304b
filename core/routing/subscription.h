#pragma once
// A subscription of one connection, or of the server itself.
#include <atomic>
#include <string>

#include "account/stream_imports.h"
#include "auth/permissions.h"
#include "net/outbound.h"
#include "protocol/commands.h"
#include "routing/reply_permits.h"
#include "subject/match.h"

namespace midge {

class Account;
class Publisher;
class RoutingLane;
struct ServiceHop;
class TraceRecorder;

// Who published it.
struct Origin {
    Account* account = nullptr;
    // Null: the server itself. Only for use on the thread of the call.
    Publisher* publisher = nullptr;
    uint64_t connection_id = 0;
    bool echo = true;
    const ServiceHop* hop = nullptr;  // the last import of a service on its way (service_import.h)
    TraceRecorder* trace = nullptr;   // null: nobody asked what becomes of the message
};

// The server's own receivers (system services). Called on the publisher's thread, whichever that
// is: must be quick and must not publish; whoever has more to do posts a copy to its own thread.
class InternalReceiver {
  public:
    virtual void on_message(const PublishCommand& message, const Origin& origin) = 0;

  protected:
    ~InternalReceiver() = default;
};

// Passes what it gets on to another account. Called on the publisher's thread when all other
// receivers have the message; publishes with RoutingLane::forward().
class Forwarder : public RefCounted {
  public:
    // Whether anybody received it.
    virtual bool forward(RoutingLane& lane, const PublishCommand& message,
                         const Origin& origin) = 0;
};

// The loop that owns a subscription's session. Any thread.
class SubscriptionOwner {
  public:
    // The subscription has had its last delivery (UNSUB with a maximum).
    virtual void on_subscription_spent(uint64_t connection_id, const std::string& sid) = 0;

  protected:
    ~SubscriptionOwner() = default;
};

// Made by the owner's loop; the index and match results of other loops hold it too, so what changes
// is atomic.
class Subscription final : public IndexEntry {
  public:
    struct ForClient {
        Ref<Outbound> target;
        uint64_t connection_id = 0;
        SubscriptionOwner* owner = nullptr;
        bool headers = false;  // the client takes HMSG
        // Set when some matching subjects are denied: asked for each message. Shared with the
        // session.
        std::shared_ptr<const Permissions> filter;
        // Set when the client may answer what it receives.
        Ref<ReplyPermits> reply_permits;
    };
    Subscription(std::string subject, std::string queue, std::string sid, ForClient client)
        : IndexEntry(std::move(subject), std::move(queue)),
          sid_(std::move(sid)),
          client_(std::move(client)) {}
    // The same for its client as `of`, perhaps through an import, but delivered otherwise from now
    // on.
    Subscription(const Subscription& of, ForClient client)
        : IndexEntry(of.subject(), of.queue()),
          sid_(of.sid_),
          client_(std::move(client)),
          import_(of.import_),
          plain_(of.plain_),
          delivered_(of.delivered_.load()),
          max_(of.max_.load()) {}
    Subscription(std::string subject, InternalReceiver& receiver)
        : IndexEntry(std::move(subject), {}), receiver_(&receiver), plain_(false) {}
    Subscription(std::string subject, Ref<Forwarder> forwarder)
        : IndexEntry(std::move(subject), {}), forwarder_(std::move(forwarder)), plain_(false) {}

    // What `of`, a client's, gets through `import`; in the index of the exporting account. As in
    // nats-server these deliveries do not count towards a maximum.
    Subscription(std::string subject, const Subscription& of,
                 std::shared_ptr<const StreamImport> import)
        : IndexEntry(std::move(subject), of.queue()),
          sid_(of.sid_),
          client_(of.client_),
          import_(std::move(import)),
          plain_(false) {}

    // Whether it is a client's and its messages keep their subject.
    [[nodiscard]] bool is_plain() const noexcept { return plain_; }
    // Null: not through an import.
    [[nodiscard]] const StreamImport* import() const noexcept { return import_.get(); }
    [[nodiscard]] const std::string& sid() const noexcept { return sid_; }
    [[nodiscard]] const ForClient& client() const noexcept { return client_; }
    [[nodiscard]] InternalReceiver* receiver() const noexcept {
        return receiver_;
    }  // null: a client's

    [[nodiscard]] Forwarder* forwarder() const noexcept { return forwarder_.get(); }  // null: none

    // Counts a delivery in. False when there shall be no more. Who takes the last one tells the
    // owner.
    [[nodiscard]] bool take_delivery() noexcept {
        const uint64_t number = delivered_.fetch_add(1) + 1;
        const uint64_t max = max_.load();
        if (max == 0) [[likely]]
            return true;
        if (number == max) client_.owner->on_subscription_spent(client_.connection_id, sid_);
        return number <= max;
    }
    // Whether there shall be no more deliveries.
    [[nodiscard]] bool spent() const noexcept {
        const uint64_t max = max_.load();
        return max != 0 && delivered_.load() >= max;
    }
    // No more than `max` deliveries, with those that have been. False when there have been as many,
    // which the owner may not be told: other threads took them before they could see the limit.
    // Both sides write first and read then, in one order for all, so that one of them notices.
    [[nodiscard]] bool end_after(uint64_t max) noexcept {
        max_.store(max);
        return delivered_.load() < max;
    }

  private:
    const std::string sid_;
    const ForClient client_;
    InternalReceiver* const receiver_ = nullptr;
    const Ref<Forwarder> forwarder_;
    const std::shared_ptr<const StreamImport>
        import_;  // shared with the account, which may lose it
    const bool plain_ = true;
    std::atomic<uint64_t> delivered_{0};
    std::atomic<uint64_t> max_{0};  // 0: no end
};

}  // namespace midge
