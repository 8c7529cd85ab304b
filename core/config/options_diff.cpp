#include "config/options_diff.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/options_table.h"

namespace midge {
namespace {

constexpr std::string_view redacted = "[REDACTED]";

// A request for any free port does not change the port in use.
bool is_any_port(const Setting& row, const Options& after) {
    return row.name == "port" && after.port == -1;
}

// If the reload removes the user of no_auth_user, it may remove no_auth_user, too.
bool goes_with_its_user(const OptionChange& change, const Options& before, const Options& after) {
    if (change.setting != "no_auth_user" || !after.no_auth_user.empty()) return false;
    const std::vector<UserOptions> users = all_users(after);
    return std::none_of(users.begin(), users.end(), [&](const UserOptions& user) {
        return user.nkey.empty() && user.name == before.no_auth_user;
    });
}

}  // namespace

std::string OptionChange::reloaded_text() const {
    if (setting == "tls" || setting == "websocket.tls")
        return shown_as + (after == "null" ? " = disabled" : " = enabled");
    if (shown_as.empty()) return fmt::format("{} = {}", setting, after);
    return setting == "authorization.timeout" ? fmt::format("{} = {}", shown_as, after) : shown_as;
}

std::vector<OptionChange> diff(const Options& before, const Options& after) {
    std::vector<OptionChange> changes;
    for (const Setting& row : settings()) {
        if (!row.show || is_any_port(row, after)) continue;
        std::string was = row.show(before);
        std::string is = row.show(after);
        if (was == is) continue;
        if (row.secret) was = is = redacted;
        changes.push_back({std::string(row.field), std::string(row.name),
                           std::string(row.reloaded_as), std::move(was), std::move(is),
                           row.reloadable});
    }
    return changes;
}

Result<> check_reload(const Options& before, const std::vector<OptionChange>& changes,
                      const Options& after) {
    if (before.resolvers.empty() != after.resolvers.empty()) {
        return fail(Errc::unsupported,
                    "config reload does not support moving to or from an account resolver");
    }
    for (const OptionChange& change : changes) {
        if (change.reloadable || goes_with_its_user(change, before, after)) continue;
        return fail(Errc::unsupported,
                    fmt::format("config reload not supported for {}: old={}, new={}", change.field,
                                change.before, change.after));
    }
    return {};
}

}  // namespace midge
