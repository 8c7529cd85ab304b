#pragma once
// The subscriptions of one client.
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "account/account.h"
#include "routing/subscription.h"

namespace midge {

// The subscriptions by sid. Each is in the index of the client's account and, for each stream
// import of the account that overlaps it, once more in the index of the exporting account. Owned by
// the session; the thread of its loop. Empty while the client is in no account.
//
// Invariant: this object has exactly the subscriptions that indexes have because of the client.
class ClientSubscriptions {
  public:
    using Map = std::unordered_map<std::string, Ref<ClientSubscription>, TextHash, std::equal_to<>>;

    [[nodiscard]] size_t size() const noexcept { return by_sid_.size(); }
    [[nodiscard]] bool empty() const noexcept { return by_sid_.empty(); }
    // Null: there is none.
    [[nodiscard]] ClientSubscription* find(std::string_view sid) const;
    [[nodiscard]] const Map& all() const noexcept { return by_sid_; }

    // Sets the account; null: none. Requires: there are no subscriptions, or the account stays the
    // same.
    void enter(Account* account);
    // Requires: its sid is not used, and its subject can be subscribed to.
    void add(Ref<ClientSubscription> subscription);
    // False: there was none.
    bool drop(std::string_view sid);
    // The same, but only if its deliveries are used up: the client may have used `sid` again.
    void drop_spent(std::string_view sid);
    void drop_all();
    // From now on `receiver` gets the messages of the subscription; none is lost or sent twice.
    // Requires: the subscription exists.
    void deliver_to(const std::string& sid, ClientSubscription::Receiver receiver);
    // Adapts to the stream imports that the account has now. Imports that stay are not touched, so
    // that no message is lost or sent twice.
    void renew_imports();

  private:
    // The subscriptions at exporting accounts. Few accounts have any.
    struct Imported {
        StreamImports imports;  // the imports that by_sid was made for
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
