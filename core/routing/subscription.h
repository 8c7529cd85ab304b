#pragma once
// The subscriptions of clients, of the server itself, and of links.
#include <atomic>
#include <string>
#include <string_view>

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

// The other end of a link to another server. Called on the publisher's thread; stages the message
// in its own framing.
class LinkTarget : public MatchTarget {
  public:
    // `queue`: the group that has chosen the link; empty: the link has interest without a queue,
    // for which there is one call for a message. False: it does not take the message, and the group
    // chooses another member.
    virtual bool deliver(RoutingLane& lane, const PublishCommand& message, const Origin& origin,
                         std::string_view queue) = 0;
};

// What the index of an account holds. Made by its owner's thread; the index and match results of
// other threads hold it too, so what changes is atomic. Its kind says which of the classes below it
// is: a message looks at nothing else of those it does not go to.
class Subscription : public IndexEntry {
  public:
    enum class Kind : uint8_t {
        client,   // ClientSubscription: a client's, messages keep their subject
        import,   // ClientSubscription: a client's, through a stream import
        service,  // ServiceSubscription: the server's own receiver
        forward,  // ForwardedSubscription: into another account
        link,     // LinkSubscription: of another server
    };
    [[nodiscard]] Kind kind() const noexcept { return kind_; }

  protected:
    Subscription(std::string subject, std::string queue, Kind kind)
        : IndexEntry(std::move(subject), std::move(queue)), kind_(kind) {}

  private:
    const Kind kind_;
};

class ClientSubscription final : public Subscription {
  public:
    struct Receiver {
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
    ClientSubscription(std::string subject, std::string queue, std::string sid, Receiver receiver)
        : Subscription(std::move(subject), std::move(queue), Kind::client),
          sid_(std::move(sid)),
          receiver_(std::move(receiver)) {}
    // The same for its client as `of`, perhaps through an import, but delivered otherwise from now
    // on.
    ClientSubscription(const ClientSubscription& of, Receiver receiver)
        : Subscription(of.subject(), of.queue(), of.kind()),
          sid_(of.sid_),
          receiver_(std::move(receiver)),
          import_(of.import_),
          delivered_(of.delivered_.load()),
          max_(of.max_.load()) {}
    // What `of`, a client's, gets through `import`; in the index of the exporting account. As in
    // nats-server these deliveries do not count towards a maximum.
    ClientSubscription(std::string subject, const ClientSubscription& of,
                       std::shared_ptr<const StreamImport> import)
        : Subscription(std::move(subject), of.queue(), Kind::import),
          sid_(of.sid_),
          receiver_(of.receiver_),
          import_(std::move(import)) {}

    [[nodiscard]] const std::string& sid() const noexcept { return sid_; }
    [[nodiscard]] const Receiver& receiver() const noexcept { return receiver_; }
    // Null: not through an import.
    [[nodiscard]] const StreamImport* import() const noexcept { return import_.get(); }

    // Counts a delivery in. False when there shall be no more. Who takes the last one tells the
    // owner.
    [[nodiscard]] bool take_delivery() noexcept {
        const uint64_t number = delivered_.fetch_add(1) + 1;
        const uint64_t max = max_.load();
        if (max == 0) [[likely]]
            return true;
        if (number == max) receiver_.owner->on_subscription_spent(receiver_.connection_id, sid_);
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
    const Receiver receiver_;
    const std::shared_ptr<const StreamImport>
        import_;  // shared with the account, which may lose it
    std::atomic<uint64_t> delivered_{0};
    std::atomic<uint64_t> max_{0};  // 0: no end
};

class ServiceSubscription final : public Subscription {
  public:
    // The receiver outlives it.
    ServiceSubscription(std::string subject, InternalReceiver& receiver)
        : Subscription(std::move(subject), {}, Kind::service), receiver_(receiver) {}
    [[nodiscard]] InternalReceiver& receiver() const noexcept { return receiver_; }

  private:
    InternalReceiver& receiver_;
};

class ForwardedSubscription final : public Subscription {
  public:
    ForwardedSubscription(std::string subject, Ref<Forwarder> forwarder)
        : Subscription(std::move(subject), {}, Kind::forward), forwarder_(std::move(forwarder)) {}
    [[nodiscard]] Forwarder& forwarder() const noexcept { return *forwarder_; }

  private:
    const Ref<Forwarder> forwarder_;
};

// What the other end of a link wants.
class LinkSubscription final : public Subscription {
  public:
    LinkSubscription(std::string subject, std::string queue, Ref<LinkTarget> target)
        : Subscription(std::move(subject), std::move(queue), Kind::link),
          target_(std::move(target)) {}
    [[nodiscard]] LinkTarget* target() const noexcept override { return target_.get(); }
    // Other servers hear of it from its own.
    [[nodiscard]] bool counts_as_interest() const noexcept override { return false; }

  private:
    const Ref<LinkTarget> target_;
};

}  // namespace midge
