#pragma once
// All accounts this server knows, and how unknown ones are found.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "account/account.h"
#include "account/account_resolver.h"
#include "auth/trust.h"
#include "base/log.h"

namespace midge {

// Owned by the broker; usable from any thread. Known accounts are never deleted. Lock order:
// lookups_mutex_ before accounts_mutex_; no callback runs under either.
class AccountRegistry {
  public:
    // The number of logins that may wait for one account. More are refused, so that many logins at
    // once with a slow resolver need limited memory.
    static constexpr size_t waiters_max = 65'536;
    // An account that no resolver has is not looked up again within this time; this many are
    // remembered.
    static constexpr std::chrono::seconds unknown_interval{1};
    static constexpr size_t unknown_max = 4096;
    // The number of accounts that may be looked up for logins at the same time. More are refused,
    // because anybody can invent keys of accounts. The lookups of one site (site_of) may not
    // outnumber the free places, and thus use at most half of all.
    static constexpr size_t lookups_max = 16'384;
    // An expired account is fetched at most once in this time.
    static constexpr std::chrono::seconds refetch_interval{1};

    using Found = std::function<void(Result<Account*>)>;
    // Runs tasks, one at a time, on a thread of the broker, and never within the call (except in
    // tests without threads).
    using Execute = std::function<void(std::function<void()> task)>;
    // Called after the first and every later change of an account's claims, on the thread that made
    // the change.
    using ClaimsApplied =
        std::function<void(Account&, const std::shared_ptr<const AccountClaims>& before)>;
    using Created = std::function<void(Account&)>;
    // Called after an account got new claims or was fetched. Waiters are answered when `done` is
    // called, from any thread.
    using Complete = std::function<void(Account&, std::function<void()> done)>;

    // `lanes`: number of threads that route messages. `created` is called before any other thread
    // can find the account.
    AccountRegistry(unsigned lanes, Logger& log, Created created);

    // Adds an account without JWT: "$G", "$SYS", or one of the configuration. Returns the existing
    // account if there is one.
    Account& add_local(const std::string& name, bool is_system);
    // The same in two steps: an account that nobody can find yet, and its entry. Requires: none is
    // known by that name.
    [[nodiscard]] std::unique_ptr<Account> make_local(const std::string& name,
                                                      bool is_system) const;
    void add(std::unique_ptr<Account> account);
    // From now on unknown accounts come from `resolver` and must be issued by `operators`. Whoever
    // waits for an answer of another resolver gets that of this one. The shared pointers keep both
    // alive for lookups under way while a reload replaces them.
    // `decides`: it has all accounts there are and answers at once, so that logins to an account
    // that is known wait until it has been asked for it. Otherwise what is known holds until it
    // says something else.
    void set_source(std::shared_ptr<AccountResolver> resolver,
                    std::shared_ptr<const TrustedOperators> operators, std::string system_account,
                    bool decides = false);
    // A stand-in for the system account that is not available yet: users signed by the account's
    // own key may log in.
    Account& bootstrap_system_account(const std::string& key);
    void set_claims_applied(ClaimsApplied callback) { claims_applied_ = std::move(callback); }
    void set_complete(Complete callback) { complete_ = std::move(callback); }
    // New claims are applied by tasks of `execute` and by callers of apply(). Requires: both are
    // the same thread, so that newer claims win. The threads of resolvers only post tasks.
    void set_execute(Execute execute) { execute_ = std::move(execute); }

    [[nodiscard]] Account* find(const std::string& name) const;  // null if not known
    // Finds the account, and fetches it if it is unknown or expired. The callback runs within the
    // call, or later on a resolver's thread. `address`: numeric address of the client that logs in;
    // empty for the server itself.
    void lookup(const std::string& key, Found found, std::string_view address = {});
    // Asks the resolver even if the account is known, for example after a `changed` notice or a
    // reload. If it is being asked already, asks once more afterwards.
    void refresh(const std::string& key, Found found);
    // Notes that an account was stored that may be unknown here. A question that the resolver has
    // not answered yet is asked again.
    void note_stored(const std::string& key);
    // Marks the account as deleted: logins are refused until a resolver finds it again.
    void forget(const std::string& key);
    // Verifies a JWT that arrived (trusted issuer, validation, subject) and applies it. Returns
    // whether it changed anything.
    [[nodiscard]] Result<bool> apply(const std::string& key, const std::string& jwt);
    // Whether the JWT would be applied: trusted, valid, and of that account.
    [[nodiscard]] Result<> check(const std::string& key, const std::string& jwt) const;
    // Snapshot, for statistics.
    [[nodiscard]] std::vector<Account*> accounts() const;
    [[nodiscard]] std::shared_ptr<AccountResolver> resolver() const;
    [[nodiscard]] std::shared_ptr<const TrustedOperators> operators() const;

  private:
    struct Lookup {
        std::vector<Found> waiters;
        std::vector<Found> next_waiters;  // of an answer to a question that is still to be asked
        std::string site;                 // of the client that asked first; empty: the server
        uint64_t claims_number = 0;       // of the account when the resolver was asked
        uint64_t source = 0;              // that was asked, or one before it
        bool asked = false;
        bool outdated = false;  // stored or deleted after the resolver was asked
    };
    [[nodiscard]] bool is_unknown(const std::string& key);
    void note_unknown(const std::string& key, const AccountResolver* source);
    void wait_for(const std::string& key, Found found, bool of_now, std::string_view address);
    [[nodiscard]] Lookup* find_or_add_lookup(const std::string& key, bool must,
                                             std::string_view address);  // under lookups_mutex_
    void erase_lookup(const std::string& key);                           // under lookups_mutex_
    void fetch(const std::string& key);
    void outdate_lookup(const std::string& key);  // under lookups_mutex_
    [[nodiscard]] bool is_outdated(const std::string& key);
    [[nodiscard]] uint64_t asked_source(const std::string& key);
    // No text: the storage has what the account had when it was asked.
    using FetchedJwt = Result<std::optional<std::string>>;
    void fetched(const std::string& key, const AccountResolver* source, FetchedJwt jwt);
    [[nodiscard]] Result<Account*> take_answer(const std::string& key,
                                               const AccountResolver* source, FetchedJwt jwt);
    [[nodiscard]] bool is_in_force(const Account& account) const;
    [[nodiscard]] bool is_confirmed(const Account& account) const;
    void tell_waiters(const std::string& key, const Result<Account*>& account);
    [[nodiscard]] Result<bool> adopt(const std::string& key, const std::string& jwt);
    [[nodiscard]] Result<std::shared_ptr<const AccountClaims>> verify(const std::string& key,
                                                                      const std::string& jwt) const;
    Account& get_or_create(const std::string& key);

    const unsigned lanes_;
    Logger& log_;
    const Created created_;
    ClaimsApplied claims_applied_;
    Complete complete_;
    Execute execute_ = [](const std::function<void()>& task) { task(); };

    mutable std::shared_mutex accounts_mutex_;
    std::unordered_map<std::string, std::unique_ptr<Account>> accounts_;
    std::shared_ptr<AccountResolver> resolver_;
    std::shared_ptr<const TrustedOperators> operators_;
    std::string system_account_;
    std::atomic<uint64_t> source_{0};  // number of the last one that decides

    std::mutex lookups_mutex_;
    std::unordered_map<std::string, Lookup> lookups_;
    std::unordered_map<std::string, size_t> lookups_of_sites_;  // contains no sites without lookups
    std::unordered_map<std::string, std::chrono::steady_clock::time_point> refetched_;
    // Time of the answer.
    std::unordered_map<std::string, std::chrono::steady_clock::time_point> unknown_;
};

}  // namespace midge
