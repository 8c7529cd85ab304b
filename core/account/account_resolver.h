#pragma once
// The interface to storages of account JWTs. It is small and asynchronous; plugins implement it
// through plugins/host.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/component_report.h"
#include "base/result.h"

namespace midge {

// A notice from a storage that accounts have changed.
struct AccountChange {
    enum class Kind { account, all, deleted };
    Kind kind = Kind::account;
    std::string account;  // empty for `all`
};

// Stores account JWTs. It verifies no signatures and knows no sessions: the caller validates JWTs,
// keeps the newer one, handles expiry, and combines resolvers to a chain. Every function may be
// called from any thread and returns without waiting. The callback runs exactly once, on any thread
// (possibly within the call), with Errc::timeout if the storage did not answer in time.
class AccountResolver {
  public:
    using FetchDone = std::function<void(Result<std::string> jwt)>;
    // No text: the stored JWT is the one that the caller has.
    using FetchChangedDone = std::function<void(Result<std::optional<std::string>> jwt)>;
    // Called once for each account, in any order; `index` is its place in the list.
    using FetchEachDone = std::function<void(size_t index, Result<std::string> jwt)>;
    using ListDone = std::function<void(Result<std::vector<std::string>> accounts)>;
    using Done = std::function<void(Result<>)>;
    // False: the stored JWT was not the expected one, and is unchanged.
    using StoreIfDone = std::function<void(Result<bool> stored)>;

    virtual ~AccountResolver() = default;

    // For logs, e.g. "resolver-url".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual bool can_store() const noexcept = 0;
    [[nodiscard]] virtual bool can_list() const noexcept = 0;
    [[nodiscard]] virtual bool can_erase() const noexcept = 0;
    [[nodiscard]] virtual bool can_store_if() const noexcept { return false; }

    // Requires: `account` is a valid public account key ("A..."); otherwise the callback gets
    // Errc::invalid. If the account is not stored, the callback gets Errc::not_found.
    virtual void fetch(const std::string& account, FetchDone done) = 0;
    // The same for a caller that already has a JWT: the storage need not send it again.
    virtual void fetch_if_changed(const std::string& account, const std::string& known_jwt,
                                  FetchChangedDone done) {
        fetch(account, [known_jwt, done = std::move(done)](Result<std::string> jwt) {
            if (!jwt) return done(pass(jwt));
            if (!known_jwt.empty() && *jwt == known_jwt) return done(std::optional<std::string>());
            done(std::optional(std::move(*jwt)));
        });
    }
    // The same for many accounts, with as few requests as the storage allows.
    virtual void fetch_each(const std::vector<std::string>& accounts, const FetchEachDone& done) {
        for (size_t i = 0; i < accounts.size(); ++i) {
            fetch(accounts[i], [i, done](Result<std::string> jwt) { done(i, std::move(jwt)); });
        }
    }
    // Replaces the stored JWT. Errc::unsupported if !can_store().
    virtual void store(const std::string& account, const std::string& jwt, Done done) = 0;
    // Replaces the stored JWT only if it equals `expected` (no value: only if none is stored).
    // Errc::unsupported if !can_store_if().
    virtual void store_if(const std::string& /*account*/, const std::string& /*jwt*/,
                          const std::optional<std::string>& /*expected*/, const StoreIfDone& done) {
        done(fail(Errc::unsupported, "stores without comparing"));
    }
    virtual void list(ListDone done) = 0;
    // Deletes an account. It is no error if the account is not stored.
    virtual void erase(const std::string& account, Done done) = 0;
    // Appends the report of this resolver, or of each resolver in a chain.
    virtual void report(std::vector<ComponentReport>& /*out*/) {}
    // Answers all open requests with Errc::unavailable and joins the threads. No callback runs
    // after it has returned.
    virtual void stop() = 0;
};

}  // namespace midge
