#pragma once
// Where account JWTs come from: a small asynchronous interface that plugins implement through
// plugins/host.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/component_report.h"
#include "base/result.h"

namespace midge {

// What a storage says about itself without being asked.
struct AccountChange {
    enum class Kind { account, all, deleted };
    Kind kind = Kind::account;
    std::string account;  // empty: all
};

// Storage of account JWTs and nothing else: it checks no signature and knows no session. JWT
// validation, newer-wins, expiry and the chain of resolvers are the caller's. Every call may come
// from any thread and returns without waiting; the callback runs exactly once, from any thread
// (also from within the call), with Errc::timeout if the storage did not answer in time.
class AccountResolver {
  public:
    using FetchDone = std::function<void(Result<std::string> jwt)>;
    // No text: what is stored is the JWT that the caller knows.
    using FetchChangedDone = std::function<void(Result<std::optional<std::string>> jwt)>;
    // Once for each account, in any order; `index` is its place in the list.
    using FetchEachDone = std::function<void(size_t index, Result<std::string> jwt)>;
    using ListDone = std::function<void(Result<std::vector<std::string>> accounts)>;
    using Done = std::function<void(Result<>)>;
    // False: something else is stored than expected, and stays.
    using StoreIfDone = std::function<void(Result<bool> stored)>;

    virtual ~AccountResolver() = default;

    // For logs: "resolver-url".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual bool can_store() const noexcept = 0;
    [[nodiscard]] virtual bool can_list() const noexcept = 0;
    [[nodiscard]] virtual bool can_erase() const noexcept = 0;
    [[nodiscard]] virtual bool can_store_if() const noexcept { return false; }

    // `account`: a valid public account key ("A..."), else the callback gets Errc::invalid. An
    // account that is not stored gives Errc::not_found.
    virtual void fetch(const std::string& account, FetchDone done) = 0;
    // The same for a caller that has a JWT already, which need not be transferred again.
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
    // Replaces what is stored. Errc::unsupported if !can_store().
    virtual void store(const std::string& account, const std::string& jwt, Done done) = 0;
    // Replaces what is stored only if that is `expected` (nothing: only if none is stored).
    // Errc::unsupported if !can_store_if().
    virtual void store_if(const std::string& /*account*/, const std::string& /*jwt*/,
                          const std::optional<std::string>& /*expected*/, const StoreIfDone& done) {
        done(fail(Errc::unsupported, "stores without comparing"));
    }
    virtual void list(ListDone done) = 0;
    // An account that is not stored is no error.
    virtual void erase(const std::string& account, Done done) = 0;
    // Adds what it, or each of those behind it, says about itself.
    virtual void report(std::vector<ComponentReport>& /*out*/) {}
    // Answers what is outstanding with Errc::unavailable and joins the threads; no callback runs
    // after it returned.
    virtual void stop() = 0;
};

}  // namespace midge
