// Authenticator: what the configuration makes of it.
#include "auth/jwt.h"
#include "config/options_text.h"
#include "login/authenticator.h"

namespace midge {
namespace {

Result<> check_sentinel(const Options& options, bool by_jwt) {
    if (options.default_sentinel.empty()) return {};
    if (!by_jwt) return fail(Errc::invalid, "default sentinel requires operators and accounts");
    const auto user = decode_user(options.default_sentinel);
    if (!user) return fail(Errc::invalid, "default sentinel JWT not valid");
    if (!user->limits.bearer_token)
        return fail(Errc::invalid, "default sentinel must be a bearer token");
    return {};
}

std::unordered_set<std::string> pinned_accounts(const Options& options,
                                                const TrustedOperators* operators) {
    std::unordered_set<std::string> pinned(options.resolver_pinned_accounts.begin(),
                                           options.resolver_pinned_accounts.end());
    if (operators == nullptr || pinned.empty()) return pinned;
    // Users of the system account may always log in, whoever names it.
    const std::string& system =
        options.system_account.empty() ? operators->system_account : options.system_account;
    if (!system.empty()) pinned.insert(system);
    return pinned;
}

}  // namespace

Result<std::shared_ptr<const Authenticator>> Authenticator::from(
    const Options& options, AccountRegistry& registry,
    std::shared_ptr<const TrustedOperators> operators, HashPool& hashes, Callout& callout,
    ConnectionType type, bool certificates_name_users) {
    auto users = ConfiguredUsers::from(options, registry, type, certificates_name_users);
    if (!users) return pass(users);
    const bool by_jwt = operators && !operators->empty();
    if (by_jwt && users->required())
        return fail(Errc::invalid, "operators do not allow users to be configured directly");
    if (by_jwt && !options.no_auth_user.empty())
        return fail(Errc::invalid, "no_auth_user not compatible with Trusted Operator");
    auto default_user = users->has_default_user();
    if (!default_user) return pass(default_user);
    if (auto sentinel = check_sentinel(options, by_jwt); !sentinel) return pass(sentinel);

    const std::shared_ptr<Authenticator> made(
        new Authenticator({registry, hashes, callout}, type, std::move(*users)));
    made->pinned_accounts_ = pinned_accounts(options, by_jwt ? operators.get() : nullptr);
    made->operators_ = std::move(operators);
    made->default_sentinel_ = options.default_sentinel;
    made->trusted_proxies_ = options.trusted_proxies;
    made->callout_rules_ = options.authorization.callout;
    made->callout_fingerprint_ =
        std::hash<std::string>{}(comparable_text(options.authorization.callout));
    made->timeout_ = options.authorization.timeout;
    made->required_ = by_jwt || made->callout_rules_ || (made->users_.required() && !*default_user);
    made->uses_nonce_ = by_jwt || made->users_.any_nkey() || made->trusts_proxies();
    return std::shared_ptr<const Authenticator>(made);
}

}  // namespace midge
