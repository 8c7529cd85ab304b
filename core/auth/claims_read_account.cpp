// JSON to account claims.
#include <limits>

#include "auth/claims_json.h"
#include "auth/claims_read_parts.h"
#include "base/text.h"

namespace midge {
namespace {

constexpr std::string_view user_scope_kind = "user_scope";

RevocationMap read_revocations(ObjectReader object) {
    RevocationMap out;
    object.for_members([&](const std::string& key, const Poco::Dynamic::Var& value) {
        out[key] = object.to_number(value, key);
    });
    return out;
}

Import read_import(ObjectReader& object) {
    Import out;
    out.name = object.text("name");
    out.subject = object.text("subject");
    out.account = object.text("account");
    out.token = object.text("token");
    out.to = object.text("to");
    out.local_subject = object.text("local_subject");
    out.type = read_export_type(object, "type");
    out.share = object.flag("share");
    out.allow_trace = object.flag("allow_trace");
    return out;
}

ServiceLatency read_latency(ObjectReader& object) {
    ServiceLatency out;
    const auto sampling = object.any("sampling");
    if (sampling.isString()) {
        if (!equals_ignore_case(sampling.extract<std::string>(), "headers")) {
            object.report("sampling", "should be 1..100 or \"headers\"");
        }
    } else {
        constexpr uint64_t percent_max = 100;
        out.sampling = static_cast<int>(object.unsigned_number("sampling", percent_max));
    }
    out.results = object.text("results");
    return out;
}

Export read_export(ObjectReader& object) {
    Export out;
    out.name = object.text("name");
    out.subject = object.text("subject");
    out.type = read_export_type(object, "type");
    out.token_req = object.flag("token_req");
    out.revocations = read_revocations(object.object("revocations"));
    out.response_type = object.text("response_type");
    out.response_threshold = object.number("response_threshold");
    if (auto latency = object.object("service_latency"); latency.present()) {
        out.service_latency = read_latency(latency);
    }
    out.account_token_position =
        object.unsigned_number("account_token_position", std::numeric_limits<int64_t>::max());
    out.advertise = object.flag("advertise");
    out.allow_trace = object.flag("allow_trace");
    out.description = object.text("description");
    out.info_url = object.text("info_url");
    return out;
}

JetStreamLimits read_jetstream(ObjectReader& object) {
    JetStreamLimits out;
    out.mem_storage = object.number("mem_storage");
    out.disk_storage = object.number("disk_storage");
    out.streams = object.number("streams");
    out.consumer = object.number("consumer");
    out.max_ack_pending = object.number("max_ack_pending");
    out.mem_max_stream_bytes = object.number("mem_max_stream_bytes");
    out.disk_max_stream_bytes = object.number("disk_max_stream_bytes");
    out.max_bytes_required = object.flag("max_bytes_required");
    return out;
}

// Absent limits of an account are 0 even in version 1, unlike those of a user.
AccountLimits read_limits(ObjectReader object, int version) {
    AccountLimits out;
    out.subs = object.number("subs");
    out.data = object.number("data");
    out.payload = object.number("payload");
    out.imports = object.number("imports");
    out.exports = object.number("exports");
    out.wildcards = object.flag("wildcards");
    out.disallow_bearer = object.flag("disallow_bearer");
    out.conn = object.number("conn");
    out.leaf = object.number("leaf");
    if (version == 1) return out;
    out.jetstream = read_jetstream(object);
    auto tiers = object.object("tiered_limits");
    tiers.for_members([&](const std::string& tier, const Poco::Dynamic::Var& value) {
        auto limits = tiers.to_object(value, tier);
        out.tiered_limits[tier] = read_jetstream(limits);
    });
    // A token should have only one of the two. If it has both, tiers count.
    if (!out.tiered_limits.empty()) out.jetstream = {};
    return out;
}

SigningKeys read_signing_keys(ObjectReader& nats) {
    constexpr std::string_view name = "signing_keys";
    SigningKeys out;
    const auto value = nats.any(name);
    if (value.isEmpty()) return out;
    if (value.type() != typeid(JsonArray)) {
        nats.report(name, "should be an array");
        return out;
    }
    for (const auto& item : *value.extract<JsonArray>()) {
        if (item.isString()) {
            out[nats.to_text(item, name)] = std::nullopt;
            continue;
        }
        auto object = nats.to_object(item, name);
        // An unknown kind could contain restrictions, which must not be ignored.
        if (object.text("kind") != user_scope_kind)
            object.report("kind", "unknown signing key scope");
        UserScope scope;
        scope.key = object.text("key");
        scope.role = object.text("role");
        auto limits = object.object("template");
        scope.template_limits = read_user_limits(limits, no_limit);
        scope.description = object.text("description");
        std::string key = scope.key;
        out[std::move(key)] = std::move(scope);
    }
    return out;
}

std::map<std::string, std::vector<WeightedMapping>> read_mappings(ObjectReader object) {
    std::map<std::string, std::vector<WeightedMapping>> out;
    object.for_members([&](const std::string& subject, const Poco::Dynamic::Var& value) {
        auto& targets = out[subject];
        if (value.isEmpty()) return;
        for (auto& target : object.to_objects(value, subject)) {
            constexpr uint64_t weight_max = std::numeric_limits<uint8_t>::max();
            targets.push_back({target.text("subject"),
                               static_cast<uint8_t>(target.unsigned_number("weight", weight_max)),
                               target.text("cluster")});
        }
    });
    return out;
}

// Reads the members that version 2 added.
void read_v2(ObjectReader& nats, AccountClaims& out) {
    auto defaults = nats.object("default_permissions");
    out.default_permissions = read_permissions(defaults);
    out.mappings = read_mappings(nats.object("mappings"));
    auto authorization = nats.object("authorization");
    out.authorization.auth_users = authorization.texts("auth_users");
    out.authorization.allowed_accounts = authorization.texts("allowed_accounts");
    out.authorization.xkey = authorization.text("xkey");
    if (auto trace = nats.object("trace"); trace.present()) {
        out.trace = MsgTrace{trace.text("dest"), trace.number("sampling")};
    }
    out.cluster_traffic = nats.text("cluster_traffic");
    out.description = nats.text("description");
    out.info_url = nats.text("info_url");
}

}  // namespace

Result<AccountClaims> read_account(const JsonObject& payload, int version) {
    std::string error;
    ObjectReader root(payload, "", error);
    auto nats = root.object("nats");
    AccountClaims out;
    read_standard(root, out);
    read_common(root, nats, version, out);
    for (auto& entry : nats.objects("imports")) out.imports.push_back(read_import(entry));
    for (auto& entry : nats.objects("exports")) out.exports.push_back(read_export(entry));
    out.limits = read_limits(nats.object("limits"), version);
    out.signing_keys = read_signing_keys(nats);
    out.revocations = read_revocations(nats.object("revocations"));
    if (version >= 2) read_v2(nats, out);
    if (!error.empty()) return fail(Errc::invalid, std::move(error));
    return out;
}

}  // namespace midge
