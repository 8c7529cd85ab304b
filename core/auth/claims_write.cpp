// Claims to JSON. Order and omissions follow the Go library: it omits empty values except where
// noted, writes structs even if they are empty, and sorts maps by key.
#include <algorithm>

#include "auth/claims_json.h"
#include "base/json_writer.h"

namespace midge {
namespace {

JsonWriter& texts_oe(JsonWriter& out, std::string_view name, const std::vector<std::string>& list) {
    if (list.empty()) return out;
    out.key(name).begin_array();
    for (const auto& item : list) out.value(item);
    return out.end_array();
}

void write_standard_members(JsonWriter& out, const StandardClaims& claims) {
    out.field_oe("aud", claims.aud).field_oe("exp", claims.exp).field_oe("jti", claims.jti);
    out.field_oe("iat", claims.iat).field_oe("iss", claims.iss).field_oe("name", claims.name);
    out.field_oe("nbf", claims.nbf).field_oe("sub", claims.sub);
}

void write_common(JsonWriter& out, const CommonClaims& claims) {
    texts_oe(out, "tags", claims.tags);
    out.field_oe("type", claims.type).field_oe("version", claims.version);
}

void write_export_type(JsonWriter& out, std::string_view name, ExportType type) {
    if (type != ExportType::unknown) out.field(name, export_type_text(type));
}

void write_permissions(JsonWriter& out, const PermissionClaims& permissions) {
    const auto write = [&](std::string_view name, const SubjectPermission& subjects) {
        out.key(name).begin_object();
        texts_oe(out, "allow", subjects.allow);
        texts_oe(out, "deny", subjects.deny);
        out.end_object();
    };
    write("pub", permissions.pub);
    write("sub", permissions.sub);
    if (!permissions.resp) return;
    out.key("resp").begin_object();
    out.field("max", permissions.resp->max).field("ttl", permissions.resp->ttl).end_object();
}

void write_user_limits(JsonWriter& out, const UserPermissionLimits& limits) {
    write_permissions(out, limits.permissions);
    texts_oe(out, "src", limits.src);
    if (!limits.times.empty()) {
        out.key("times").begin_array();
        for (const auto& range : limits.times) {
            out.begin_object().field_oe("start", range.start).field_oe("end", range.end);
            out.end_object();
        }
        out.end_array();
    }
    out.field_oe("times_location", limits.times_location).field_oe("subs", limits.subs);
    out.field_oe("data", limits.data).field_oe("payload", limits.payload);
    out.field_oe("bearer_token", limits.bearer_token);
    out.field_oe("proxy_required", limits.proxy_required);
    texts_oe(out, "allowed_connection_types", limits.allowed_connection_types);
}

void write_revocations(JsonWriter& out, const RevocationMap& revocations) {
    if (revocations.empty()) return;
    out.key("revocations").begin_object();
    for (const auto& [key, at] : revocations) out.field(key, at);
    out.end_object();
}

void write_import(JsonWriter& out, const Import& entry) {
    out.begin_object().field_oe("name", entry.name).field_oe("subject", entry.subject);
    out.field_oe("account", entry.account).field_oe("token", entry.token);
    out.field_oe("to", entry.to).field_oe("local_subject", entry.local_subject);
    write_export_type(out, "type", entry.type);
    out.field_oe("share", entry.share).field_oe("allow_trace", entry.allow_trace).end_object();
}

void write_export(JsonWriter& out, const Export& entry) {
    out.begin_object().field_oe("name", entry.name).field_oe("subject", entry.subject);
    write_export_type(out, "type", entry.type);
    out.field_oe("token_req", entry.token_req);
    write_revocations(out, entry.revocations);
    out.field_oe("response_type", entry.response_type);
    out.field_oe("response_threshold", entry.response_threshold);
    if (const auto& latency = entry.service_latency) {
        out.key("service_latency").begin_object().key("sampling");
        latency->sampling == 0 ? out.value("headers") : out.value(latency->sampling);
        out.field("results", latency->results).end_object();
    }
    out.field_oe("account_token_position", entry.account_token_position);
    out.field_oe("advertise", entry.advertise).field_oe("allow_trace", entry.allow_trace);
    out.field_oe("description", entry.description).field_oe("info_url", entry.info_url);
    out.end_object();
}

void write_jetstream(JsonWriter& out, const JetStreamLimits& limits) {
    out.field_oe("mem_storage", limits.mem_storage).field_oe("disk_storage", limits.disk_storage);
    out.field_oe("streams", limits.streams).field_oe("consumer", limits.consumer);
    out.field_oe("max_ack_pending", limits.max_ack_pending);
    out.field_oe("mem_max_stream_bytes", limits.mem_max_stream_bytes);
    out.field_oe("disk_max_stream_bytes", limits.disk_max_stream_bytes);
    out.field_oe("max_bytes_required", limits.max_bytes_required);
}

void write_account_limits(JsonWriter& out, const AccountLimits& limits) {
    out.key("limits").begin_object();
    out.field_oe("subs", limits.subs).field_oe("data", limits.data);
    out.field_oe("payload", limits.payload).field_oe("imports", limits.imports);
    out.field_oe("exports", limits.exports).field_oe("wildcards", limits.wildcards);
    out.field_oe("disallow_bearer", limits.disallow_bearer);
    out.field_oe("conn", limits.conn).field_oe("leaf", limits.leaf);
    write_jetstream(out, limits.jetstream);
    if (!limits.tiered_limits.empty()) {
        out.key("tiered_limits").begin_object();
        for (const auto& [tier, tier_limits] : limits.tiered_limits) {
            out.key(tier).begin_object();
            write_jetstream(out, tier_limits);
            out.end_object();
        }
        out.end_object();
    }
    out.end_object();
}

void write_signing_keys(JsonWriter& out, const SigningKeys& keys) {
    if (keys.empty()) return;
    out.key("signing_keys").begin_array();
    for (const auto& [key, scope] : keys) {
        if (!scope) {
            out.value(key);
            continue;
        }
        out.begin_object().field("kind", "user_scope").field("key", key).field("role", scope->role);
        out.key("template").begin_object();
        write_user_limits(out, scope->template_limits);
        out.end_object().field("description", scope->description).end_object();
    }
    out.end_array();
}

void write_mappings(JsonWriter& out, const AccountClaims& claims) {
    if (claims.mappings.empty()) return;
    out.key("mappings").begin_object();
    for (const auto& [subject, targets] : claims.mappings) {
        out.key(subject).begin_array();
        for (const auto& target : targets) {
            out.begin_object().field("subject", target.subject);
            out.field_oe("weight", unsigned{target.weight}).field_oe("cluster", target.cluster);
            out.end_object();
        }
        out.end_array();
    }
    out.end_object();
}

// The library sorts imports and exports before it encodes.
template <class T, class WriteOne>
void write_by_subject(JsonWriter& out, std::string_view name, std::vector<T> list, WriteOne write) {
    if (list.empty()) return;
    std::stable_sort(list.begin(), list.end(),
                     [](const T& a, const T& b) { return a.subject < b.subject; });
    out.key(name).begin_array();
    for (const auto& entry : list) write(out, entry);
    out.end_array();
}

void write_account(JsonWriter& out, const AccountClaims& claims) {
    write_by_subject(out, "imports", claims.imports, write_import);
    write_by_subject(out, "exports", claims.exports, write_export);
    write_account_limits(out, claims.limits);
    write_signing_keys(out, claims.signing_keys);
    write_revocations(out, claims.revocations);
    out.key("default_permissions").begin_object();
    write_permissions(out, claims.default_permissions);
    out.end_object();
    write_mappings(out, claims);
    out.key("authorization").begin_object();
    texts_oe(out, "auth_users", claims.authorization.auth_users);
    texts_oe(out, "allowed_accounts", claims.authorization.allowed_accounts);
    out.field_oe("xkey", claims.authorization.xkey).end_object();
    if (claims.trace) {
        out.key("trace").begin_object().field_oe("dest", claims.trace->dest);
        out.field_oe("sampling", claims.trace->sampling).end_object();
    }
    out.field_oe("cluster_traffic", claims.cluster_traffic);
    out.field_oe("description", claims.description).field_oe("info_url", claims.info_url);
}

// Writes the standard claims, then `nats` with the members of `write_nats` and the common members.
template <class Claims, class WriteNats>
std::string write_all(const Claims& claims, WriteNats write_nats) {
    JsonWriter out;
    out.begin_object();
    write_standard_members(out, claims);
    out.key("nats").begin_object();
    write_nats(out, claims);
    write_common(out, claims);
    out.end_object().end_object();
    return out.take();
}

void write_client_tls(JsonWriter& out, const CalloutTls& tls) {
    out.key("client_tls").begin_object();
    out.field_oe("version", tls.version).field_oe("cipher", tls.cipher);
    if (!tls.verified_chain.empty()) {
        out.key("verified_chains").begin_array().begin_array();
        for (const std::string& certificate : tls.verified_chain) out.value(certificate);
        out.end_array().end_array();
    }
    out.end_object();
}

void write_request(JsonWriter& out, const AuthorizationRequestClaims& claims) {
    const CalloutServer& server = claims.server;
    out.key("server_id").begin_object();
    out.field("name", server.name).field("host", server.host).field("id", server.id);
    out.field_oe("version", server.version);
    texts_oe(out, "tags", server.tags);
    out.field_oe("xkey", server.xkey).end_object();
    out.field("user_nkey", claims.user_key);
    const CalloutClient& client = claims.client;
    out.key("client_info").begin_object();
    out.field_oe("host", client.host).field_oe("id", client.id).field_oe("user", client.user);
    out.field_oe("name", client.name).field_oe("kind", client.kind).field_oe("type", client.type);
    out.field_oe("nonce", client.nonce).end_object();
    const CalloutConnect& connect = claims.connect;
    out.key("connect_opts").begin_object();
    out.field_oe("jwt", connect.jwt).field_oe("nkey", connect.nkey).field_oe("sig", connect.sig);
    out.field_oe("auth_token", connect.token).field_oe("user", connect.user);
    out.field_oe("pass", connect.password).field_oe("name", connect.name);
    out.field_oe("lang", connect.lang).field_oe("version", connect.version);
    out.field("protocol", connect.protocol).end_object();
    if (claims.tls) write_client_tls(out, *claims.tls);
}

void write_var(JsonWriter& out, const Poco::Dynamic::Var& value) {
    if (value.isEmpty()) {
        out.null();
    } else if (value.type() == typeid(JsonObject)) {
        out.begin_object();
        for (const auto& [key, member] : *value.extract<JsonObject>()) {
            write_var(out.key(key), member);
        }
        out.end_object();
    } else if (value.type() == typeid(JsonArray)) {
        out.begin_array();
        for (const auto& item : *value.extract<JsonArray>()) write_var(out, item);
        out.end_array();
    } else if (value.isBoolean()) {
        out.value(value.convert<bool>());
    } else if (value.isInteger() && value.isSigned()) {
        out.value(int64_t{value.convert<Poco::Int64>()});
    } else if (value.isInteger()) {
        out.value(uint64_t{value.convert<Poco::UInt64>()});
    } else if (value.isNumeric()) {
        out.value(value.convert<double>());
    } else {
        out.value(value.convert<std::string>());
    }
}

}  // namespace

std::string write_standard(const StandardClaims& claims) {
    JsonWriter out;
    out.begin_object();
    write_standard_members(out, claims);
    return out.end_object().take();
}

std::string write_payload(const OperatorClaims& claims) {
    return write_all(claims, [](JsonWriter& out, const OperatorClaims& c) {
        texts_oe(out, "signing_keys", c.signing_keys);
        out.field_oe("account_server_url", c.account_server_url);
        texts_oe(out, "operator_service_urls", c.operator_service_urls);
        out.field_oe("system_account", c.system_account);
        out.field_oe("assert_server_version", c.assert_server_version);
        out.field_oe("strict_signing_key_usage", c.strict_signing_key_usage);
    });
}

std::string write_payload(const AccountClaims& claims) {
    return write_all(claims, write_account);
}

std::string write_payload(const UserClaims& claims) {
    return write_all(claims, [](JsonWriter& out, const UserClaims& c) {
        write_user_limits(out, c.limits);
        out.field_oe("issuer_account", c.issuer_account);
    });
}

std::string write_payload(const ActivationClaims& claims) {
    return write_all(claims, [](JsonWriter& out, const ActivationClaims& c) {
        out.field_oe("subject", c.import_subject);
        write_export_type(out, "kind", c.import_type);
        out.field_oe("issuer_account", c.issuer_account);
    });
}

std::string write_payload(const AuthorizationRequestClaims& claims) {
    return write_all(claims, write_request);
}

std::string write_payload(const GenericClaims& claims) {
    JsonWriter out;
    out.begin_object();
    write_standard_members(out, claims);
    if (!claims.nats.isNull() && claims.nats->size() > 0) {
        write_var(out.key("nats"), Poco::Dynamic::Var(claims.nats));
    }
    return out.end_object().take();
}

}  // namespace midge
