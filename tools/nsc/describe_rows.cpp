#include "nsc/describe_rows.h"

#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "common/dates.h"

namespace midge::tools {
namespace {

std::string user_limit(int64_t value, bool bytes) {
    if (value == no_limit) return "Unlimited";
    return bytes ? fmt::format("{} bytes (≈{})", value, bytes_text(value)) : std::to_string(value);
}

}  // namespace

std::string yes_no(bool flag) {
    return flag ? "Yes" : "No";
}

std::string bytes_text(int64_t bytes) {
    constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    while (value >= 1000 && unit + 1 < std::size(units)) {
        value /= 1000;
        ++unit;
    }
    if (unit == 0) return fmt::format("{} B", bytes);
    value = std::floor(value * 10 + 0.5) / 10;
    return value < 10 ? fmt::format("{:.1f} {}", value, units[unit])
                      : fmt::format("{:.0f} {}", value, units[unit]);
}

std::string type_text(ExportType type) {
    return type == ExportType::stream    ? "Stream"
           : type == ExportType::service ? "Service"
                                         : "Unknown";
}

void add_standard_rows(Table& table, const char* label, const StandardClaims& claims,
                       const std::string& issuer_account, const std::vector<std::string>& tags) {
    if (!claims.name.empty()) table.add_row({"Name", claims.name});
    table.add_row({label, claims.sub});
    table.add_row({"Issuer ID", claims.iss});
    if (!issuer_account.empty()) table.add_row({"Issuer Account", issuer_account});
    table.add_row({"Issued", date_text(claims.iat)});
    if (claims.nbf != 0) table.add_row({"Not Before", date_text(claims.nbf)});
    table.add_row({"Expires", date_text(claims.exp)});
    table.add_list("Tags", tags);
}

void add_permission_rows(Table& table, const PermissionClaims& permissions) {
    if (!permissions.pub.empty() || !permissions.sub.empty()) {
        table.add_separator();
        table.add_list("Pub Allow", permissions.pub.allow);
        table.add_list("Pub Deny", permissions.pub.deny);
        table.add_list("Sub Allow", permissions.sub.allow);
        table.add_list("Sub Deny", permissions.sub.deny);
    }
    if (!permissions.resp) {
        table.add_row({"Response Permissions", "Not Set"});
    } else {
        table.add_row({"Max Responses", std::to_string(permissions.resp->max)});
        table.add_row({"Response Permission TTL", go_duration(permissions.resp->ttl)});
    }
}

void add_user_limit_rows(Table& table, const UserPermissionLimits& limits) {
    table.add_row({"Max Msg Payload", user_limit(limits.payload, true)});
    table.add_row({"Max Data", user_limit(limits.data, true)});
    table.add_row({"Max Subs", user_limit(limits.subs, false)});
    if (limits.src.empty()) table.add_row({"Network Src", "Any"});
    table.add_list("Network Src", limits.src);
    std::vector<std::string> times;
    for (const auto& range : limits.times) times.push_back(range.start + "-" + range.end);
    if (times.empty()) times.emplace_back("Any");
    table.add_list("Time", times);
    if (!limits.times_location.empty()) table.add_row({"Time Zone", limits.times_location});
    if (!limits.allowed_connection_types.empty()) {
        table.add_separator();
        table.add_list("Allowed Connection Types", limits.allowed_connection_types);
    }
}

}  // namespace midge::tools
