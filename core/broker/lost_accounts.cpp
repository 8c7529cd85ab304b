#include "broker/lost_accounts.h"

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "base/clock.h"

namespace midge {
namespace {

// Resolvers are not asked more than they take.
constexpr size_t questions_at_once = 64;

// The answers to some questions. Shared with them: a resolver may be late.
struct Answers {
    std::mutex mutex;
    std::condition_variable arrived;
    std::map<std::string, Result<std::string>> jwts;

    [[nodiscard]] bool wait_for(size_t count, SteadyClock::time_point deadline) {
        std::unique_lock lock(mutex);
        const auto left = std::max<std::chrono::nanoseconds>(deadline - SteadyClock::now(),
                                                             std::chrono::nanoseconds::zero());
        return arrived.wait_for(lock, left, [&] { return jwts.size() >= count; });
    }
};

// What the resolvers have of those accounts, as far as they say so in time.
std::map<std::string, Result<std::string>> ask(AccountResolver& resolvers,
                                               const std::vector<std::string>& accounts,
                                               SteadyClock::time_point deadline) {
    const auto answers = std::make_shared<Answers>();
    for (size_t asked = 0; asked < accounts.size();) {
        const size_t end = std::min(asked + questions_at_once, accounts.size());
        for (; asked < end; ++asked) {
            resolvers.fetch(accounts[asked],
                            [answers, key = accounts[asked]](Result<std::string> jwt) {
                                const std::lock_guard lock(answers->mutex);
                                answers->jwts.emplace(key, std::move(jwt));
                                answers->arrived.notify_all();
                            });
        }
        if (!answers->wait_for(asked, deadline)) break;
    }
    const std::lock_guard lock(answers->mutex);
    return answers->jwts;
}

bool is_configured(const Options& options, const Account& account) {
    return std::any_of(options.accounts.begin(), options.accounts.end(),
                       [&](const AccountOptions& one) { return one.name == account.name(); });
}

LostAccount loss_of(const Account& account, std::string reason, bool closes) {
    return {account.name(), account.display_name(), account.connections(), std::move(reason),
            closes};
}

std::vector<Account*> accounts_with_clients(const AccountRegistry& registry) {
    std::vector<Account*> accounts = registry.accounts();
    std::erase_if(accounts, [](const Account* account) {
        return account->connections() == 0 || account->is_system() || account->is_global();
    });
    return accounts;
}

std::vector<LostAccount> sorted(std::vector<LostAccount> lost) {
    std::sort(lost.begin(), lost.end(), [](const LostAccount& a, const LostAccount& b) {
        return std::pair(b.connections, a.name) < std::pair(a.connections, b.name);
    });
    return lost;
}

}  // namespace

bool only_in_memory(const std::vector<ResolverOptions>& resolvers) {
    return std::all_of(resolvers.begin(), resolvers.end(), [](const ResolverOptions& resolver) {
        return resolver.plugin == ResolverOptions::memory_plugin;
    });
}

bool is_loss(const Error& error, bool decides) {
    if (error.code == Errc::unavailable || error.code == Errc::timeout) return false;
    return decides || error.code == Errc::not_found;
}

std::vector<LostAccount> find_accounts_lost_by(const AccountRegistry& registry,
                                               const Options& next) {
    std::vector<LostAccount> lost;
    for (const Account* account : accounts_with_clients(registry)) {
        if (!is_configured(next, *account))
            lost.push_back(loss_of(*account, "not in the configuration", true));
    }
    return sorted(std::move(lost));
}

std::vector<LostAccount> find_accounts_lost_by(const AccountRegistry& registry,
                                               AccountResolver& resolvers, bool decides,
                                               const std::map<std::string, std::string>& given,
                                               std::chrono::milliseconds patience) {
    const std::vector<Account*> connected = accounts_with_clients(registry);
    std::vector<std::string> unknown;
    std::map<std::string, Result<std::string>> jwts;
    for (const Account* account : connected) {
        const auto known = given.find(account->name());
        if (known == given.end()) {
            unknown.push_back(account->name());
        } else {
            jwts.emplace(account->name(), known->second);
        }
    }
    jwts.merge(ask(resolvers, unknown, SteadyClock::now() + patience));
    std::vector<LostAccount> lost;
    for (const Account* account : connected) {
        const auto jwt = jwts.find(account->name());
        if (jwt == jwts.end()) continue;
        if (jwt->second) {
            auto usable = registry.check(account->name(), *jwt->second);
            if (!usable && decides) lost.push_back(loss_of(*account, usable.error().text, decides));
        } else if (is_loss(jwt->second.error(), decides)) {
            lost.push_back(loss_of(*account, jwt->second.error().text, decides));
        }
    }
    return sorted(std::move(lost));
}

}  // namespace midge
