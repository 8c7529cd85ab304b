#pragma once
// Flags that several commands share.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/claims.h"
#include "base/result.h"
#include "nsc/command_syntax.h"

namespace midge::tools {

// Returns the seconds since 1970 UTC of "0" or "" (unset: 0), "2030-12-31", "2030-12-31 10:00:00
// UTC", or a time span from `now`: "3d", with m minutes, h hours, d days, w weeks, M months, y
// years; negative spans are in the past. Source: docs/protocol/tools.md, Times.
[[nodiscard]] Result<int64_t> parse_time(std::string_view text, int64_t now);

// --start and --expiry.
struct TimeFlags {
    std::string start;
    std::string expiry;

    void bind(CommandSyntax& command);
    [[nodiscard]] bool given() const noexcept { return !start.empty() || !expiry.empty(); }
    [[nodiscard]] Result<> apply(StandardClaims& claims, int64_t now) const;
};

// --allow-pub and similar flags.
struct PermissionFlags {
    std::vector<std::string> allow_pub, deny_pub, allow_sub, deny_sub, allow_pubsub, deny_pubsub;
    std::vector<std::string> remove;
    std::string max_responses;
    std::string response_ttl;
    bool remove_responses = false;

    // Declares the flags that set permissions, in the help group `group`.
    void bind_set(CommandSyntax& command, const std::string& group);
    // Declares --rm and --rm-response-perms.
    void bind_remove(CommandSyntax& command);
    [[nodiscard]] bool given() const noexcept;
    // Changes `claims`. Fails for an invalid subject, which the error names.
    [[nodiscard]] Result<> apply(PermissionClaims& claims) const;
};

// Adds the values that are missing; keeps the order.
void add_new(std::vector<std::string>& list, const std::vector<std::string>& values);
void remove_all(std::vector<std::string>& list, const std::vector<std::string>& values);

// --tag and --rm-tag.
struct TagFlags {
    std::vector<std::string> add;
    std::vector<std::string> remove;

    void bind(CommandSyntax& command, bool with_remove);
    [[nodiscard]] bool given() const noexcept { return !add.empty() || !remove.empty(); }
    // Makes tags lower case and unique.
    void apply(std::vector<std::string>& tags) const;
};

}  // namespace midge::tools
