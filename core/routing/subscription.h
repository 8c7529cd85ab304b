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

// The publisher of a message.
struct Origin {
    Account* account = nullptr;
    // Null: the server itself. Requires: used only on the thread of the call.
    Publisher* publisher = nullptr;
    uint64_t connection_id = 0;
    bool echo = true;
    // Last import of a service on the message's way (service_import.h).
    const ServiceHop* hop = nullptr;
    TraceRecorder* trace = nullptr;  // null: the message is not traced
};

// A receiver in the server (system services). Called on the publisher's thread, which may be any.
// Requires: returns quickly and does not publish. For more work it posts a copy to its own thread.
class InternalReceiver {
  public:
    virtual void on_message(const PublishCommand& message, const Origin& origin) = 0;

  protected:
    ~InternalReceiver() = default;
};

// Passes messages on to another account. Called on the publisher's thread after all other receivers
// have the message. Publishes with RoutingLane::forward().
class Forwarder : public RefCounted {
  public:
    // Returns whether the message had a receiver.
    virtual bool forward(RoutingLane& lane, const PublishCommand& message,
                         const Origin& origin) = 0;
};

// The loop that owns a subscription's session. Usable from any thread.
class SubscriptionOwner {
  public:
    // Called after the last delivery of the subscription (UNSUB with a maximum).
    virtual void on_subscription_spent(uint64_t connection_id, const std::string& sid) = 0;

  protected:
    ~SubscriptionOwner() = default;
};

// The other end of a link to another server. Called on the publisher's thread. Stages the message
// in its own format.
class LinkTarget : public MatchTarget {
  public:
    // `queue`: the group that has chosen the link. Empty: the link has interest without a queue;
    // there is one such call for each message. Returns false if the link does not take the message;
    // then the group chooses another member.
    virtual bool deliver(RoutingLane& lane, const PublishCommand& message, const Origin& origin,
                         std::string_view queue) = 0;
};

// An entry in the index of an account. Made on its owner's thread. The index and match results of
// other threads also hold it, so its mutable members are atomic. The kind tells which of the
// derived classes it is; a message reads only the kind of subscriptions that it is not delivered
// to.
class Subscription : public IndexEntry {
  public:
    enum class Kind : uint8_t {
        client,   // ClientSubscription of a client; messages keep their subject
        import,   // ClientSubscription of a client, through a stream import
        service,  // ServiceSubscription: a receiver in the server
        forward,  // ForwardedSubscription: passes messages to another account
        link,     // LinkSubscription: interest of another server
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
        bool headers = false;  // the client accepts HMSG
        // Set if some matching subjects are denied; checked for each message. Shared with the
        // session.
        std::shared_ptr<const Permissions> filter;
        // Set if the client may answer messages that it receives.
        Ref<ReplyPermits> reply_permits;
    };
    ClientSubscription(std::string subject, std::string queue, std::string sid, Receiver receiver)
        : Subscription(std::move(subject), std::move(queue), Kind::client),
          sid_(std::move(sid)),
          receiver_(std::move(receiver)) {}
    // A replacement of `of`, possibly through an import, that delivers to another receiver.
    ClientSubscription(const ClientSubscription& of, Receiver receiver)
        : Subscription(of.subject(), of.queue(), of.kind()),
          sid_(of.sid_),
          receiver_(std::move(receiver)),
          import_(of.import_),
          delivered_(of.delivered_.load()),
          max_(of.max_.load()) {}
    // The second subscription of `of` for a stream import, in the index of the exporting account.
    // As in nats-server, its deliveries do not count towards a maximum.
    ClientSubscription(std::string subject, const ClientSubscription& of,
                       std::shared_ptr<const StreamImport> import)
        : Subscription(std::move(subject), of.queue(), Kind::import),
          sid_(of.sid_),
          receiver_(of.receiver_),
          import_(std::move(import)) {}

    [[nodiscard]] const std::string& sid() const noexcept { return sid_; }
    [[nodiscard]] const Receiver& receiver() const noexcept { return receiver_; }
    // Null if it is not through an import.
    [[nodiscard]] const StreamImport* import() const noexcept { return import_.get(); }

    [[nodiscard]] uint64_t delivered() const noexcept { return delivered_.load(); }
    [[nodiscard]] uint64_t max() const noexcept { return max_.load(); }  // 0: no maximum
    // Counts a delivery. Returns false if the maximum is exceeded. The thread that takes the last
    // delivery notifies the owner.
    [[nodiscard]] bool take_delivery() noexcept {
        const uint64_t number = delivered_.fetch_add(1) + 1;
        const uint64_t max = max_.load();
        if (max == 0) [[likely]]
            return true;
        if (number == max) receiver_.owner->on_subscription_spent(receiver_.connection_id, sid_);
        return number <= max;
    }
    // Whether the maximum is reached.
    [[nodiscard]] bool spent() const noexcept {
        const uint64_t max = max_.load();
        return max != 0 && delivered_.load() >= max;
    }
    // Limits the deliveries to `max`, including past ones. Returns false if there were as many
    // already. In that case the owner may not be notified, because other threads took the
    // deliveries before they saw the limit. Both sides write first and read afterwards, in one
    // order for all threads, so that at least one of them notices.
    [[nodiscard]] bool end_after(uint64_t max) noexcept {
        max_.store(max);
        return delivered_.load() < max;
    }

  private:
    const std::string sid_;
    const Receiver receiver_;
    const std::shared_ptr<const StreamImport>
        import_;  // shared with the account, which may remove it
    std::atomic<uint64_t> delivered_{0};
    std::atomic<uint64_t> max_{0};  // 0: no maximum
};

class ServiceSubscription final : public Subscription {
  public:
    // Requires: the receiver outlives the subscription.
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

// An interest of the other end of a link.
class LinkSubscription final : public Subscription {
  public:
    LinkSubscription(std::string subject, std::string queue, Ref<LinkTarget> target)
        : Subscription(std::move(subject), std::move(queue), Kind::link),
          target_(std::move(target)) {}
    [[nodiscard]] LinkTarget* target() const noexcept override { return target_.get(); }
    // Other servers learn about it from the server that has it.
    [[nodiscard]] bool counts_as_interest() const noexcept override { return false; }

  private:
    const Ref<LinkTarget> target_;
};

}  // namespace midge
