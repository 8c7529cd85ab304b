#include <fmt/format.h>

#include "auth/jwt.h"
#include "common/dates.h"
#include "nsc/describe_rows.h"
#include "nsc/describe_tables.h"

namespace midge::tools {
namespace {

std::string limit(int64_t value) {
    return value < 0 ? "Unlimited" : std::to_string(value);
}

std::string byte_limit(int64_t value) {
    return value < 0 ? "Unlimited" : fmt::format("{} ({} bytes)", bytes_text(value), value);
}

// JetStream limits start at 1: 0 means unlimited, too.
std::string positive_limit(int64_t value) {
    return value <= 0 ? "Unlimited" : std::to_string(value);
}

std::string storage_limit(int64_t value) {
    return value == 0 ? "Disabled" : value < 0 ? "Unlimited" : bytes_text(value);
}

void add_limit_rows(Table& table, const AccountLimits& limits) {
    table.add_row({"Max Connections", limit(limits.conn)});
    table.add_row(
        {"Max Leaf Node Connections", limits.leaf == 0 ? "Not Allowed" : limit(limits.leaf)});
    table.add_row({"Max Data", byte_limit(limits.data)});
    table.add_row({"Max Exports", limit(limits.exports)});
    table.add_row({"Max Imports", limit(limits.imports)});
    table.add_row({"Max Msg Payload", byte_limit(limits.payload)});
    table.add_row({"Max Subscriptions", limit(limits.subs)});
    table.add_row({"Exports Allows Wildcards", limits.wildcards ? "True" : "False"});
    table.add_row({"Disallow Bearer Token", limits.disallow_bearer ? "True" : "False"});
}

void add_jetstream_limit_rows(Table& table, const JetStreamLimits& limits) {
    table.add_row({"Max Disk Storage", storage_limit(limits.disk_storage)});
    table.add_row({"Max Mem Storage", storage_limit(limits.mem_storage)});
    table.add_row({"Max Streams", positive_limit(limits.streams)});
    table.add_row({"Max Consumers", positive_limit(limits.consumer)});
    table.add_row({"Max Ack Pending", limits.max_ack_pending > 0
                                          ? std::to_string(limits.max_ack_pending)
                                          : "Consumer Setting"});
    table.add_row({"Max Bytes", limits.max_bytes_required ? "required (Stream setting)"
                                                          : "optional (Stream setting)"});
    table.add_row({"Max Memory Stream", limits.mem_max_stream_bytes > 0
                                            ? byte_limit(limits.mem_max_stream_bytes)
                                            : "Unlimited"});
    table.add_row({"Max Disk Stream", limits.disk_max_stream_bytes > 0
                                          ? byte_limit(limits.disk_max_stream_bytes)
                                          : "Unlimited"});
}

void add_jetstream_rows(Table& table, const AccountLimits& limits) {
    const bool flat = limits.jetstream.mem_storage != 0 || limits.jetstream.disk_storage != 0;
    if (limits.tiered_limits.empty() && !flat) {
        table.add_row({"Jetstream", "Disabled"});
    } else if (limits.tiered_limits.empty()) {
        table.add_row({"Jetstream", "Enabled"});
        add_jetstream_limit_rows(table, limits.jetstream);
    }
    for (const auto& [tier, tier_limits] : limits.tiered_limits) {
        table.add_separator();
        table.add_row({"Jetstream Tier", tier});
        add_jetstream_limit_rows(table, tier_limits);
    }
}

void add_description_rows(Table& table, const AccountClaims& claims) {
    if (!claims.description.empty()) table.add_row({"Description", claims.description});
    if (!claims.info_url.empty()) table.add_row({"Info Url", claims.info_url});
    table.add_separator();
    std::vector<std::string> keys;
    for (const auto& [key, scope] : claims.signing_keys) keys.push_back(key);
    table.add_list("Signing Keys", keys);
    table.add_separator();
    table.add_list("Auth Callout Users", claims.authorization.auth_users);
    table.add_list("Allowed Accounts", claims.authorization.allowed_accounts);
    if (!claims.authorization.xkey.empty())
        table.add_row({"Encrypt For", claims.authorization.xkey});
    table.add_separator();
}

std::string exports_table(const AccountClaims& claims, const Palette& palette) {
    Table table("Exports");
    table.set_headers({"Name", "Type", "Subject", "Account Token Position", "Public", "Revocations",
                       "Tracking", "Allow Trace"});
    for (const auto& item : claims.exports) {
        const bool service = item.type == ExportType::service;
        std::string type = type_text(item.type);
        if (service && !item.response_type.empty() && item.response_type != "Singleton")
            type += " [" + item.response_type + "]";
        std::string tracking = service ? "-" : "N/A";
        if (service && item.service_latency) {
            tracking = fmt::format("{} ({}%)", item.service_latency->results,
                                   item.service_latency->sampling);
        }
        table.add_row(
            {item.name, type, item.subject,
             item.account_token_position == 0 ? "-" : std::to_string(item.account_token_position),
             yes_no(!item.token_req), std::to_string(item.revocations.size()), tracking,
             service ? yes_no(item.allow_trace) : "N/A"});
    }
    return table.render(palette);
}

std::string expiry_of(const std::string& token) {
    if (token.find("://") != std::string::npos) return token;
    const auto activation = decode_activation(token);
    return activation ? date_text(activation->exp) : "error decoding: " + activation.error().text;
}

std::string imports_table(const AccountClaims& claims, const Palette& palette,
                          const AccountName& account_name) {
    Table table("Imports");
    table.set_headers(
        {"Name", "Type", "Remote", "Local", "Expires", "From Account", "Public", "Allow Trace"});
    for (const auto& item : claims.imports) {
        std::string remote = item.subject;
        std::string local = item.local_subject;
        if (!item.to.empty()) {
            // In the deprecated form, the `subject` of a service is the local one.
            local = item.to;
            if (item.type == ExportType::service) std::swap(remote, local);
        }
        table.add_row({item.name, type_text(item.type), remote, local,
                       item.token.empty() ? "" : expiry_of(item.token), account_name(item.account),
                       yes_no(item.token.empty()),
                       item.type == ExportType::service ? "N/A" : yes_no(item.allow_trace)});
    }
    return table.render(palette);
}

std::string mappings_table(const AccountClaims& claims, const Palette& palette) {
    Table table("Mappings");
    table.set_headers({"From", "To", "Weight (%)"});
    for (const auto& [subject, targets] : claims.mappings) {
        int sum = 0;
        std::string from = subject;
        for (const auto& target : targets) {
            const int weight = target.weight == 0 ? 100 : target.weight;
            sum += weight;
            table.add_row({from, target.subject, std::to_string(weight)});
            from.clear();
        }
        table.add_row({"", "", fmt::format("sum={}", sum)});
    }
    return table.render(palette);
}

std::string scope_table(const UserScope& scope, const Palette& palette) {
    Table table("Scoped Signing Key - Details");
    table.add_row({"Key", scope.key});
    table.add_row({"Role", scope.role});
    table.add_row({"Description", scope.description});
    add_permission_rows(table, scope.template_limits.permissions);
    add_user_limit_rows(table, scope.template_limits);
    table.add_row({"Bearer Token", yes_no(scope.template_limits.bearer_token)});
    return table.render(palette);
}

}  // namespace

std::string describe(const AccountClaims& claims, const Palette& palette,
                     const AccountName& account_name) {
    Table table("Account Details");
    add_standard_rows(table, "Account ID", claims, "", claims.tags);
    table.add_separator();
    add_description_rows(table, claims);
    add_limit_rows(table, claims.limits);
    add_permission_rows(table, claims.default_permissions);
    table.add_separator();
    add_jetstream_rows(table, claims.limits);
    table.add_separator();
    if (claims.imports.empty()) table.add_row({"Imports", "None"});
    if (claims.exports.empty()) table.add_row({"Exports", "None"});
    table.add_separator();
    if (!claims.revocations.empty())
        table.add_row({"Revocations", std::to_string(claims.revocations.size())});
    table.add_separator();
    table.add_row({"Tracing Context", claims.trace ? "Enabled" : "Disabled"});
    if (claims.trace) {
        table.add_row({"Subject", claims.trace->dest});
        table.add_row(
            {"Sampling",
             fmt::format("{}%", claims.trace->sampling == 0 ? 100 : claims.trace->sampling)});
    }
    std::string out = table.render(palette);
    if (!claims.exports.empty()) out += "\n" + exports_table(claims, palette);
    if (!claims.imports.empty()) out += "\n" + imports_table(claims, palette, account_name);
    if (!claims.mappings.empty()) out += "\n" + mappings_table(claims, palette);
    for (const auto& [key, scope] : claims.signing_keys) {
        if (scope) out += "\n" + scope_table(*scope, palette);
    }
    return out;
}

}  // namespace midge::tools
