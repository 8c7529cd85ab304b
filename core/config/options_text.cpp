#include "config/options_text.h"

#include "base/json_writer.h"

namespace midge {
namespace {

void write(JsonWriter& json, const std::vector<std::string>& texts) {
    json.begin_array();
    for (const std::string& text : texts) json.value(text);
    json.end_array();
}

void write(JsonWriter& json, const SubjectRules& rules) {
    json.begin_object();
    if (rules.allow) {
        json.key("allow");
        write(json, *rules.allow);
    }
    json.key("deny");
    write(json, rules.deny);
    json.end_object();
}

void write(JsonWriter& json, const std::optional<PermissionRules>& rules) {
    if (!rules) {
        json.null();
        return;
    }
    json.begin_object().key("publish");
    write(json, rules->publish);
    json.key("subscribe");
    write(json, rules->subscribe);
    if (rules->responses) {
        json.field("max", rules->responses->max_messages);
        json.field("expires", static_cast<int64_t>(rules->responses->expires.count()));
    }
    json.end_object();
}

void write(JsonWriter& json, const std::vector<UserOptions>& users) {
    json.begin_array();
    for (const UserOptions& user : users) {
        json.begin_object()
            .field("user", user.name)
            .field("password", user.password)
            .field("nkey", user.nkey)
            .field("proxy_required", user.proxy_required);
        json.key("permissions");
        write(json, user.permissions);
        if (user.allowed_connection_types) {
            json.key("allowed_connection_types");
            write(json, *user.allowed_connection_types);
        }
        json.end_object();
    }
    json.end_array();
}

void write(JsonWriter& json, const std::vector<SubjectMapping>& mappings) {
    json.begin_array();
    for (const SubjectMapping& mapping : mappings) {
        json.begin_array().value(mapping.source);
        for (const MappingDestination& destination : mapping.destinations) {
            json.value(destination.subject).value(int64_t{destination.weight});
            json.value(destination.cluster);
        }
        json.end_array();
    }
    json.end_array();
}

void write(JsonWriter& json, const AccountOptions& account) {
    const AccountLimitOptions& limits = account.limits;
    json.begin_object().field("name", account.name).field("nkey", account.nkey);
    json.key("users");
    write(json, account.users);
    json.key("limits").begin_array();
    for (const int32_t limit :
         {limits.connections, limits.subscriptions, limits.payload_bytes, limits.leaf_nodes}) {
        json.value(int64_t{limit});
    }
    json.end_array().key("mappings");
    write(json, account.mappings);
    json.key("exports").begin_array();
    for (const StreamExportOptions& stream : account.stream_exports) {
        json.value(stream.subject).value(stream.account_token_position);
        write(json, stream.accounts);
    }
    json.end_array().key("service_exports").begin_array();
    for (const ServiceExportOptions& service : account.service_exports) {
        json.value(service.subject).value(service.account_token_position);
        json.value(static_cast<int64_t>(service.response));
        json.value(int64_t{service.response_threshold.count()});
        if (service.latency) json.value(service.latency->subject).value(service.latency->sampling);
        json.value(service.allow_trace);
        write(json, service.accounts);
    }
    json.end_array().key("imports").begin_array();
    for (const StreamImportOptions& stream : account.stream_imports) {
        json.value(stream.account).value(stream.subject).value(stream.local);
        json.value(stream.allow_trace);
    }
    json.end_array().key("service_imports").begin_array();
    for (const ServiceImportOptions& service : account.service_imports) {
        json.value(service.account).value(service.subject).value(service.local);
        json.value(service.share);
    }
    json.end_array();
    if (account.trace) {
        json.key("trace").begin_array().value(account.trace->destination);
        json.value(account.trace->sampling).end_array();
    }
    json.end_object();
}

}  // namespace

std::string comparable_text(const std::vector<std::string>& texts) {
    JsonWriter json;
    write(json, texts);
    return json.take();
}

std::string comparable_text(const std::map<std::string, std::string>& texts) {
    JsonWriter json;
    json.begin_object();
    for (const auto& [key, text] : texts) json.field(key, text);
    return json.end_object().take();
}

std::string comparable_text(const std::optional<PermissionRules>& rules) {
    JsonWriter json;
    write(json, rules);
    return json.take();
}

std::string comparable_text(const std::vector<UserOptions>& users) {
    JsonWriter json;
    write(json, users);
    return json.take();
}

std::string comparable_text(const std::vector<SubjectMapping>& mappings) {
    JsonWriter json;
    write(json, mappings);
    return json.take();
}

std::string comparable_text(const std::vector<AccountOptions>& accounts) {
    JsonWriter json;
    json.begin_array();
    for (const AccountOptions& account : accounts) write(json, account);
    return json.end_array().take();
}

std::string comparable_text(const std::optional<AuthCalloutOptions>& callout) {
    JsonWriter json;
    if (!callout) return json.null().take();
    json.begin_array().value(callout->issuer).value(callout->account).value(callout->xkey);
    write(json, callout->auth_users);
    write(json, callout->allowed_accounts);
    return json.end_array().take();
}

std::string comparable_text(const std::optional<TlsOptions>& tls) {
    if (!tls) return "null";
    JsonWriter json;
    json.begin_object().key("certs").begin_array();
    for (const TlsCertificateOptions& files : tls->certificates)
        json.value(files.certificate_file).value(files.key_file);
    json.end_array().field("ca_file", tls->ca_file);
    json.field("verify", tls->verify).field("verify_and_map", tls->verify_and_map);
    json.field("timeout_ms", static_cast<int64_t>(tls->timeout.count()));
    json.key("cipher_suites");
    write(json, tls->cipher_suites);
    json.key("curve_preferences");
    write(json, tls->curves);
    json.field("tls13_only", tls->tls13_only).key("pinned_certs");
    write(json, tls->pinned_certificates);
    json.field("connection_rate_limit", tls->handshakes_per_second_max);
    json.field("order", static_cast<int>(tls->order));
    json.field("info_delay_ms", static_cast<int64_t>(tls->info_delay.count()));
    return json.end_object().take();
}

std::string comparable_text(const WebsocketOptions& websocket) {
    const auto millis = [](const std::optional<std::chrono::milliseconds>& time) {
        return time ? static_cast<int64_t>(time->count()) : int64_t{-1};
    };
    JsonWriter json;
    json.begin_object().field("host", websocket.host).field("port", websocket.port);
    json.field("advertise", websocket.advertise).field("no_tls", websocket.no_tls);
    json.field("same_origin", websocket.same_origin).key("allowed_origins");
    write(json, websocket.allowed_origins);
    json.field("handshake_timeout_ms", millis(websocket.handshake_timeout));
    json.field("compression", websocket.compression);
    json.field("user", websocket.user).field("password", websocket.password);
    json.field("token", websocket.token).field("auth_timeout_ms", millis(websocket.auth_timeout));
    json.field("no_auth_user", websocket.no_auth_user);
    json.field("ping_interval_ms", millis(websocket.ping_interval));
    json.field("jwt_cookie", websocket.jwt_cookie).field("user_cookie", websocket.user_cookie);
    json.field("pass_cookie", websocket.password_cookie);
    json.field("token_cookie", websocket.token_cookie).key("headers").begin_object();
    for (const auto& [name, value] : websocket.headers) json.field(name, value);
    return json.end_object().end_object().take();
}

std::string comparable_text(const std::vector<ResolverOptions>& resolvers) {
    JsonWriter json;
    json.begin_array();
    for (const ResolverOptions& resolver : resolvers) {
        json.begin_array()
            .value(resolver.plugin)
            .value(resolver.instance)
            .value(resolver.config_json);
        json.value(static_cast<int64_t>(resolver.timeout.count())).end_array();
    }
    return json.end_array().take();
}

std::string comparable_text(const std::vector<EventSinkOptions>& sinks) {
    JsonWriter json;
    json.begin_array();
    for (const EventSinkOptions& sink : sinks)
        json.begin_array()
            .value(sink.plugin)
            .value(sink.instance)
            .value(sink.include_jwts)
            .value(sink.config_json)
            .end_array();
    return json.end_array().take();
}

}  // namespace midge
