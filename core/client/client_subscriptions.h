#pragma once
// The subscriptions of one client.
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "account/account.h"
#include "routing/subscription.h"

namespace midge {

// By sid. Each is in the index of the client's account, and, for each stream import of the account
// that it overlaps, once more in the index of the exporting account. Owned by the session, lives on
// its loop's thread. Empty while the client is in no account.
//
// Invariant: what is in an index because of this client is in here, and nothing else.
class ClientSubscriptions {
  public:
    using Map = std::unordered_map<std::string, Ref<ClientSubscription>, TextHash, std::equal_to<>>;

    [[nodiscard]] size_t size() const noexcept { return by_sid_.size(); }
    [[nodiscard]] bool empty() const noexcept { return by_sid_.empty(); }
    // Null: there is none.
    [[nodiscard]] ClientSubscription* find(std::string_view sid) const;
    [[nodiscard]] const Map& all() const noexcept { return by_sid_; }

    // The account whose indexes the functions below change. Requires: empty, unless it stays the
    // same. Null: none.
    void enter(Account* account);
    // Requires: none of its sid, and a subject that can be subscribed to.
    void add(Ref<ClientSubscription> subscription);
    // False: there was none.
    bool drop(std::string_view sid);
    // The same, but only if its deliveries are used up: `sid` may have been given anew meanwhile.
    void drop_spent(std::string_view sid);
    void drop_all();
    // From now on the subscription is delivered to `receiver`; no message is missed or comes twice.
    // Requires: it is there.
    void deliver_to(const std::string& sid, ClientSubscription::Receiver receiver);
    // Takes over the stream imports that the account has now. Those that stay are left alone, so
    // that no message is missed or comes twice.
    void renew_imports();

  private:
    // What they get through imports. Few accounts have any.
    struct Imported {
        StreamImports imports;  // those in force
        std::unordered_multimap<std::string, Ref<ClientSubscription>, TextHash, std::equal_to<>>
            by_sid;
    };
    void add_imported(const ClientSubscription& subscription, const StreamImports& imports);
    void drop_imported(const std::string& sid);
    void drop_all_imported();

    Account* account_ = nullptr;
    Map by_sid_;
    std::unique_ptr<Imported> imported_;  // null: the account imports nothing
};

}  // namespace midge
