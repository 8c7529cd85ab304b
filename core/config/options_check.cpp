#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/wire_error.h"
#include "config/host_port.h"
#include "config/options_loader.h"
#include "config/read_websocket.h"

namespace midge {
namespace {

Result<> refuse(std::string text) {
    return fail(Errc::invalid, std::move(text));
}

Result<> check_operator_mode(const Options& options, const CredentialChecks& checks) {
    if (options.operator_jwts.empty()) return {};
    // Mappings at the top level belong to the account "$G".
    if (!options.accounts.empty() || options.mappings_given) {
        return refuse("operators do not allow Accounts to be configured directly");
    }
    if (!options.authorization.users.empty()) {
        return refuse("operators do not allow users to be configured directly");
    }
    if (options.authorization.callout) {
        return refuse("operators do not allow authorization callouts to be configured directly");
    }
    if (!options.trusted_keys.empty()) {
        return refuse("conflicting options for 'TrustedKeys' and 'TrustedOperators'");
    }
    if (!options.no_auth_user.empty())
        return refuse("no_auth_user not compatible with Trusted Operator");
    for (const std::string& key : options.resolver_pinned_accounts) {
        if (checks.public_key && !checks.public_key(key, 'A')) {
            return refuse(fmt::format("pinned account key {} is not a valid public account nkey",
                                      go_quote(key)));
        }
    }
    return {};
}

Result<> check_resolvers(const Options& options) {
    const bool only_url =
        !options.resolvers.empty() &&
        std::all_of(options.resolvers.begin(), options.resolvers.end(),
                    [](const ResolverOptions& r) { return r.plugin == "resolver-url"; });
    if (only_url && !options.resolver_preload.empty()) {
        return refuse(
            "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR");
    }
    return {};
}

Result<> check_no_auth_user(const Options& options, const std::string& wanted) {
    if (wanted.empty()) return {};
    const auto users = all_users(options);
    if (users.empty()) {
        return refuse(fmt::format("no_auth_user: {} present, but users/nkeys are not defined",
                                  go_quote(wanted)));
    }
    const bool found = std::any_of(users.begin(), users.end(), [&](const UserOptions& user) {
        return (user.nkey.empty() ? user.name : user.nkey) == wanted;
    });
    if (found) return {};
    return refuse(
        fmt::format("no_auth_user: {} not present as user or nkey in authorization block or "
                    "account configuration",
                    go_quote(wanted)));
}

Result<> check_settings(const Options& options, const CredentialChecks& checks) {
    if (options.payload_bytes_max > options.pending_bytes_max) {
        return refuse(fmt::format("max_payload ({}) cannot be higher than max_pending ({})",
                                  options.payload_bytes_max, options.pending_bytes_max));
    }
    if (options.lame_duck_grace_period >= options.lame_duck_duration) {
        return refuse(fmt::format(
            "lame duck grace period ({}) should be strictly lower than lame duck duration ({})",
            go_duration(std::chrono::nanoseconds(options.lame_duck_grace_period).count()),
            go_duration(std::chrono::nanoseconds(options.lame_duck_duration).count())));
    }
    if (options.server_name.find(' ') != std::string::npos)
        return refuse("server name cannot contain spaces");
    if (!options.client_advertise.empty()) {
        const auto address = parse_advertised(options.client_advertise, options.port);
        if (!address) {
            return refuse(fmt::format("invalid ClientAdvertise value of {}, err={}",
                                      options.client_advertise, address.error().text));
        }
    }
    if (auto done = check_operator_mode(options, checks); !done) return done;
    if (auto done = check_resolvers(options); !done) return done;
    if (auto done = check_no_auth_user(options, options.no_auth_user); !done) return done;
    if (options.websocket.port == 0) return {};
    if (auto done = check_websocket(options); !done) return done;
    return check_no_auth_user(options, options.websocket.no_auth_user);
}

}  // namespace

Result<> check_options(const Options& options, const CredentialChecks& checks,
                       const SettingPlaces& places) {
    auto checked = check_settings(options, checks);
    if (!checked)
        return fail(checked.error().code, explain_check(checked.error().text, options, places));
    return checked;
}

}  // namespace midge
