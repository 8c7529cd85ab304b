#include "account/account_registry.h"

#include "account/make_mappings.h"
#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/source_network.h"
#include "auth/validate.h"
#include "base/clock.h"

namespace midge {
namespace {

bool is_expired(const AccountClaims& claims) {
    return claims.exp != 0 && wall_now_seconds() > claims.exp;
}

}  // namespace

AccountRegistry::AccountRegistry(unsigned lanes, Logger& log, Created created)
    : lanes_(lanes), log_(log), created_(std::move(created)) {}

Account& AccountRegistry::add_local(const std::string& name, bool is_system) {
    if (Account* const known = find(name)) return *known;
    auto account = make_local(name, is_system);
    Account& added = *account;
    add(std::move(account));
    return added;
}

std::unique_ptr<Account> AccountRegistry::make_local(const std::string& name,
                                                     bool is_system) const {
    return std::make_unique<Account>(name, lanes_, is_system);
}

void AccountRegistry::add(std::unique_ptr<Account> account) {
    created_(*account);
    const std::unique_lock lock(accounts_mutex_);
    accounts_[account->name()] = std::move(account);
}

void AccountRegistry::set_source(std::shared_ptr<AccountResolver> resolver,
                                 std::shared_ptr<const TrustedOperators> operators,
                                 std::string system_account, bool decides) {
    const std::lock_guard lookups_lock(lookups_mutex_);
    // What the resolver before said holds no more.
    unknown_.clear();
    refetched_.clear();
    const std::unique_lock lock(accounts_mutex_);
    resolver_ = std::move(resolver);
    operators_ = std::move(operators);
    system_account_ = std::move(system_account);
    if (decides) ++source_;
}

Account& AccountRegistry::bootstrap_system_account(const std::string& key) {
    Account& account = get_or_create(key);
    auto claims = std::make_shared<AccountClaims>(make_account_claims(key));
    // Pretends that the operator has issued it, until the real claims arrive.
    const auto trusted = operators();
    if (trusted && !trusted->operators().empty()) claims->iss = trusted->operators().front().sub;
    account.set_claims(std::move(claims), {}, nullptr);
    return account;
}

Account* AccountRegistry::find(const std::string& name) const {
    const std::shared_lock lock(accounts_mutex_);
    const auto found = accounts_.find(name);
    return found == accounts_.end() ? nullptr : found->second.get();
}

std::vector<Account*> AccountRegistry::accounts() const {
    const std::shared_lock lock(accounts_mutex_);
    std::vector<Account*> all;
    all.reserve(accounts_.size());
    for (const auto& [name, account] : accounts_) all.push_back(account.get());
    return all;
}

std::shared_ptr<AccountResolver> AccountRegistry::resolver() const {
    const std::shared_lock lock(accounts_mutex_);
    return resolver_;
}

std::shared_ptr<const TrustedOperators> AccountRegistry::operators() const {
    const std::shared_lock lock(accounts_mutex_);
    return operators_;
}

void AccountRegistry::lookup(const std::string& key, Found found, std::string_view address) {
    if (!is_public_key(KeyKind::account, key)) {
        found(fail(Errc::invalid, "will only fetch valid account keys"));
        return;
    }
    if (Account* const account = find(key)) {
        const auto claims = account->claims();
        const bool confirmed = is_confirmed(*account);
        if (claims && !is_expired(*claims) && !account->is_gone() && confirmed) {
            found(account);
            return;
        }
        const std::unique_lock lock(lookups_mutex_);
        auto& last = refetched_[key];
        const auto now = std::chrono::steady_clock::now();
        if (confirmed && now - last < refetch_interval && !lookups_.contains(key)) {
            // The resolver has peace. By the claims that are there the login fails as expired.
            if (account->is_gone()) {
                found(fail(Errc::not_found, "account missing"));
            } else {
                found(account);
            }
            return;
        }
        last = now;
    } else if (is_unknown(key)) {
        found(fail(Errc::not_found, "account missing"));
        return;
    }
    wait_for(key, std::move(found), false, address);
}

bool AccountRegistry::is_unknown(const std::string& key) {
    const std::lock_guard lock(lookups_mutex_);
    const auto noted = unknown_.find(key);
    if (noted == unknown_.end()) return false;
    if (std::chrono::steady_clock::now() - noted->second < unknown_interval) return true;
    unknown_.erase(noted);
    return false;
}

void AccountRegistry::note_unknown(const std::string& key, const AccountResolver* source) {
    const std::lock_guard lock(lookups_mutex_);
    if (source != resolver().get()) return;  // a reload has replaced it meanwhile
    const auto now = std::chrono::steady_clock::now();
    if (unknown_.size() >= unknown_max) {
        std::erase_if(unknown_,
                      [now](const auto& noted) { return now - noted.second >= unknown_interval; });
    }
    if (unknown_.size() < unknown_max) unknown_[key] = now;
}

// `of_now`: the answer to an earlier question is not accepted.
void AccountRegistry::wait_for(const std::string& key, Found found, bool of_now,
                               std::string_view address) {
    bool first = false;
    {
        const std::lock_guard lock(lookups_mutex_);
        if (Lookup* const lookup = find_or_add_lookup(key, of_now, address)) {
            first = !std::exchange(lookup->asked, true);
            auto& waiters = of_now && !first ? lookup->next_waiters : lookup->waiters;
            if (waiters.size() < waiters_max) {
                waiters.push_back(std::move(found));
                found = nullptr;
            }
        }
    }
    if (found) {
        found(fail(Errc::unavailable, "too many logins wait for account JWTs"));
        return;
    }
    if (first) fetch(key);
}

// Returns null if there is no lookup and no room for one. `must` ignores the limit.
AccountRegistry::Lookup* AccountRegistry::find_or_add_lookup(const std::string& key, bool must,
                                                             std::string_view address) {
    if (const auto known = lookups_.find(key); known != lookups_.end()) return &known->second;
    std::string site = address.empty() ? std::string() : site_of(address);
    if (!must) {
        if (lookups_.size() >= lookups_max) return nullptr;
        const auto own = lookups_of_sites_.find(site);
        const size_t free = lookups_max - lookups_.size();
        if (own != lookups_of_sites_.end() && own->second >= free) return nullptr;
    }
    if (!site.empty()) ++lookups_of_sites_[site];
    Lookup& added = lookups_[key];
    added.site = std::move(site);
    return &added;
}

void AccountRegistry::erase_lookup(const std::string& key) {
    const auto lookup = lookups_.find(key);
    const auto site = lookups_of_sites_.find(lookup->second.site);
    if (site != lookups_of_sites_.end() && --site->second == 0) lookups_of_sites_.erase(site);
    lookups_.erase(lookup);
}

void AccountRegistry::note_stored(const std::string& key) {
    const std::lock_guard lock(lookups_mutex_);
    unknown_.erase(key);
    outdate_lookup(key);
}

// The resolver may have read the answer that it is sending before the change.
void AccountRegistry::outdate_lookup(const std::string& key) {
    if (const auto lookup = lookups_.find(key); lookup != lookups_.end())
        lookup->second.outdated = true;
}

void AccountRegistry::refresh(const std::string& key, Found found) {
    {
        const std::lock_guard lock(lookups_mutex_);
        unknown_.erase(key);
    }
    if (find(key) == nullptr) {
        found(fail(Errc::not_found, "account missing"));
        return;
    }
    wait_for(key, std::move(found), true, {});
}

void AccountRegistry::forget(const std::string& key) {
    if (Account* const account = find(key)) account->set_gone();
    const std::lock_guard lock(lookups_mutex_);
    outdate_lookup(key);
}

void AccountRegistry::fetch(const std::string& key) {
    const Account* const known = find(key);
    const uint64_t claims_number = known == nullptr ? 0 : known->claims_number();
    const uint64_t number = source_;  // before the source, so that it is not one too many
    const std::string known_jwt =
        known != nullptr && is_in_force(*known) ? known->jwt() : std::string();
    {
        const std::lock_guard lock(lookups_mutex_);
        Lookup& lookup = lookups_[key];
        lookup.claims_number = claims_number;
        lookup.source = number;
        lookup.outdated = false;
    }
    const auto source = resolver();
    const auto answered = [this, key, source](FetchedJwt jwt) {
        execute_([this, key, source, jwt = std::move(jwt)]() mutable {
            // What a resolver says that a reload has replaced does not count: the new one is asked.
            const bool replaced = source != resolver();
            if (replaced || is_outdated(key)) return fetch(key);
            fetched(key, source.get(), std::move(jwt));
        });
    };
    if (!source) {
        answered(fail(Errc::unavailable, "no account resolver is configured"));
        return;
    }
    source->fetch_if_changed(key, known_jwt, answered);
}

// Whether the resolver in force has been asked for it, if that decides. What stands in for the
// system account is no resolver's.
bool AccountRegistry::is_confirmed(const Account& account) const {
    return account.confirmed_by() >= source_ || account.is_system();
}

// Whether its JWT would be accepted again: then an unchanged one need not be verified again.
bool AccountRegistry::is_in_force(const Account& account) const {
    const auto claims = account.claims();
    const auto trusted = operators();
    return claims && !account.jwt().empty() && !account.is_gone() && !is_expired(*claims) &&
           trusted && trusted->trusts(claims->iss);
}

bool AccountRegistry::is_outdated(const std::string& key) {
    const std::lock_guard lock(lookups_mutex_);
    return lookups_[key].outdated;
}

void AccountRegistry::fetched(const std::string& key, const AccountResolver* source,
                              FetchedJwt jwt) {
    const Result<Account*> account = take_answer(key, source, std::move(jwt));
    // An error changes nothing, but it is an answer.
    if (Account* const known = find(key)) known->set_confirmed_by(asked_source(key));
    if (!account) {
        log_.log_with(LogLevel::warn, {{"account", key}, {"reason", account.error().text}},
                      "Account [{}] fetch failed: {}", key, account.error().text);
    }
    if (!account || !complete_) return tell_waiters(key, account);
    complete_(**account, [this, key, account] { tell_waiters(key, account); });
}

uint64_t AccountRegistry::asked_source(const std::string& key) {
    const std::lock_guard lock(lookups_mutex_);
    return lookups_[key].source;
}

Result<Account*> AccountRegistry::take_answer(const std::string& key, const AccountResolver* source,
                                              FetchedJwt jwt) {
    uint64_t claims_number = 0;
    {
        const std::lock_guard lock(lookups_mutex_);
        claims_number = lookups_[key].claims_number;
    }
    Account* const known = find(key);
    // Claims that arrived, or were deleted, while the resolver was asked are newer than its answer.
    if (known != nullptr && known->claims_number() != claims_number) {
        if (known->is_gone()) return fail(Errc::not_found, "account missing");
        return known;
    }
    if (!jwt) {
        if (known == nullptr && jwt.error().code == Errc::not_found) note_unknown(key, source);
        return pass(jwt);
    }
    const bool unchanged = !jwt->has_value() && known != nullptr;
    if (unchanged && is_in_force(*known)) return known;
    auto adopted = adopt(key, unchanged ? known->jwt() : jwt->value_or(""));
    if (!adopted) return pass(adopted);
    return find(key);
}

void AccountRegistry::tell_waiters(const std::string& key, const Result<Account*>& account) {
    std::vector<Found> waiters;
    bool again = false;
    {
        const std::lock_guard lock(lookups_mutex_);
        Lookup& lookup = lookups_[key];
        waiters = std::exchange(lookup.waiters, std::move(lookup.next_waiters));
        lookup.next_waiters.clear();
        again = !lookup.waiters.empty();
        if (!again) erase_lookup(key);
    }
    for (const Found& found : waiters) found(account);
    if (again) fetch(key);
}

Result<bool> AccountRegistry::apply(const std::string& key, const std::string& jwt) {
    const uint64_t number = source_;
    auto changed = adopt(key, jwt);
    if (changed) find(key)->set_confirmed_by(number);
    if (changed && *changed && complete_) complete_(*find(key), [] {});
    return changed;
}

Result<bool> AccountRegistry::adopt(const std::string& key, const std::string& jwt) {
    auto claims = verify(key, jwt);
    if (!claims) return pass(claims);
    Account& account = get_or_create(key);
    const auto before = account.claims();
    if (before && account.jwt() == jwt && !account.is_gone()) return false;
    auto mappings = make_mappings(**claims, log_);
    account.set_claims(std::move(*claims), jwt, std::move(mappings));
    if (claims_applied_) claims_applied_(account, before);
    return true;
}

Result<std::shared_ptr<const AccountClaims>> AccountRegistry::verify(const std::string& key,
                                                                     const std::string& jwt) const {
    auto decoded = decode_account(jwt);
    if (!decoded) return fail(Errc::invalid, "account validation failed: " + decoded.error().text);
    if (decoded->sub != key) {
        return fail(Errc::invalid,
                    "account validation failed: the JWT is of another account, " + decoded->sub);
    }
    const auto trusted = operators();
    if (!trusted || !trusted->trusts(decoded->iss)) {
        return fail(Errc::denied,
                    "account validation failed: issuer " + decoded->iss + " is not trusted");
    }
    const auto issues = validate(*decoded, wall_now_seconds());
    if (const Issue* issue = first_blocking(issues, true)) {
        return fail(Errc::invalid, "account validation failed: " + issue->description);
    }
    return std::make_shared<const AccountClaims>(std::move(*decoded));
}

Result<> AccountRegistry::check(const std::string& key, const std::string& jwt) const {
    auto claims = verify(key, jwt);
    return claims ? Result<>() : pass(claims);
}

Account& AccountRegistry::get_or_create(const std::string& key) {
    if (Account* const known = find(key)) return *known;
    bool is_system = false;
    {
        const std::shared_lock lock(accounts_mutex_);
        is_system = key == system_account_;
    }
    auto account = std::make_unique<Account>(key, lanes_, is_system);
    created_(*account);
    const std::unique_lock lock(accounts_mutex_);
    // Two threads may have made the account; the first one stays.
    return *accounts_.try_emplace(key, std::move(account)).first->second;
}

}  // namespace midge
