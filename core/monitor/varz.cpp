#include "monitor/varz.h"

#include "monitor/page_text.h"

namespace midge {
namespace {

constexpr int protocol_version = 1;

void write_time_oe(JsonWriter& out, std::string_view name, WallNanos time) {
    if (time != 0) out.field(name, rfc3339_nano(time));
}

void write_websocket(JsonWriter& out, const VarzWebsocket& websocket) {
    out.key("websocket").begin_object();
    if (websocket.port != 0) {
        out.field_oe("host", websocket.host).field("port", websocket.port);
        out.field_oe("advertise", websocket.advertise);
        out.field_oe("no_auth_user", websocket.no_auth_user);
        out.field_oe("jwt_cookie", websocket.jwt_cookie);
        out.field_oe("handshake_timeout", websocket.handshake_timeout_nanos);
        out.field_oe("auth_timeout", websocket.auth_timeout_seconds);
        out.field_oe("no_tls", websocket.no_tls).field_oe("same_origin", websocket.same_origin);
        write_strings_oe(out, "allowed_origins", websocket.allowed_origins);
        out.field_oe("compression", websocket.compression);
        write_time_oe(out, "tls_cert_not_after", websocket.certificate_expires);
    }
    out.end_object();
}

void write_settings(JsonWriter& out, const Varz& varz) {
    out.field("server_id", varz.server_id).field("server_name", varz.server_name);
    out.field("version", varz.version).field("proto", protocol_version);
    out.field("go", varz.program).field("host", varz.host).field("port", varz.port);
    out.field_oe("auth_required", varz.auth_required).field_oe("tls_required", varz.tls_required);
    out.field_oe("tls_verify", varz.tls_verify).field_oe("ip", varz.ip);
    write_strings_oe(out, "connect_urls", varz.connect_urls);
    write_strings_oe(out, "ws_connect_urls", varz.websocket_urls);
    out.field("max_connections", varz.connections_max);
    out.field_oe("max_subscriptions", varz.subscriptions_max);
    out.field("ping_interval", varz.ping_interval_nanos).field("ping_max", varz.ping_max);
    out.field("http_host", varz.http_host).field("http_port", varz.http_port);
    out.field("http_base_path", varz.http_base_path).field("https_port", varz.https_port);
    out.field("auth_timeout", varz.auth_timeout_seconds);
    out.field("max_control_line", varz.control_line_bytes_max);
    out.field("max_payload", varz.payload_bytes_max).field("max_pending", varz.pending_bytes_max);
    for (const char* absent : {"cluster", "gateway", "leaf", "mqtt"})
        out.key(absent).begin_object().end_object();
    write_websocket(out, varz.websocket);
    out.key("jetstream").begin_object().end_object();
    out.field("tls_timeout", varz.tls_timeout_seconds);
    out.field("write_deadline", varz.write_deadline_nanos);
}

void write_traffic(JsonWriter& out, const Statsz& stats) {
    out.field("connections", stats.connections).field("total_connections", stats.total_connections);
    out.field("routes", 0).field("remotes", 0).field("leafnodes", 0);
    out.field("in_msgs", stats.received.msgs).field("in_bytes", stats.received.bytes);
    out.field("in_client_msgs", stats.received_from_clients.msgs);
    out.field("in_client_bytes", stats.received_from_clients.bytes);
    out.field("out_msgs", stats.sent.msgs).field("out_bytes", stats.sent.bytes);
    out.field("out_client_msgs", stats.sent_to_clients.msgs);
    out.field("out_client_bytes", stats.sent_to_clients.bytes);
    out.field("slow_consumers", stats.slow_consumers);
    out.field("stale_connections", stats.stale_connections);
    out.field("stalled_clients", stats.stalled_clients);
    out.field("subscriptions", stats.subscriptions);
}

void write_kinds(JsonWriter& out, std::string_view name, const ConnectionKindCounts& counts) {
    out.key(name).begin_object().field("clients", counts.clients).field("routes", counts.routes);
    out.field("gateways", counts.gateways).field("leafs", counts.leafs).end_object();
}

void write_server(JsonWriter& out, const Varz& varz) {
    out.field("config_load_time", rfc3339_nano(varz.config_loaded));
    out.field("config_digest", varz.config_digest);
    write_strings_oe(out, "tags", varz.tags);
    if (!varz.metadata.empty()) {
        out.key("metadata").begin_object();
        for (const auto& [key, value] : varz.metadata) out.field(key, value);
        out.end_object();
    }
    if (!varz.feature_flags.empty()) {
        out.key("feature_flags").begin_object();
        for (const auto& [key, value] : varz.feature_flags) out.field(key, value);
        out.end_object();
    }
    write_strings_oe(out, "trusted_operators_jwt", varz.operator_jwts);
    if (!varz.operator_claims.empty()) {
        out.key("trusted_operators_claim").begin_array();
        for (const std::string& claims : varz.operator_claims) out.embed(claims);
        out.end_array();
    }
    out.field_oe("system_account", varz.system_account);
    write_kinds(out, "slow_consumer_stats", varz.statsz.slow_consumer_stats);
    write_kinds(out, "stale_connection_stats", varz.statsz.stale_connection_stats);
    out.key("disk_io_wait_stats").begin_object().field("waiters", 0).field("waits", 0);
    out.field("wait_time", 0).field("max_wait_time", 0).end_object();
    if (!varz.trusted_proxies.empty()) {
        out.key("proxies").begin_object().key("trusted").begin_array();
        for (const std::string& key : varz.trusted_proxies)
            out.begin_object().field("key", key).end_object();
        out.end_array().end_object();
    }
    write_time_oe(out, "tls_cert_not_after", varz.certificate_expires);
}

}  // namespace

void write_json(JsonWriter& out, const Varz& varz) {
    const Statsz& stats = varz.statsz;
    out.begin_object();
    write_settings(out, varz);
    out.field("start", rfc3339_nano(stats.start)).field("now", rfc3339_nano(varz.now));
    out.field("uptime", uptime_text(varz.now - stats.start)).field("mem", stats.mem_bytes);
    out.field("cores", stats.cores).field("gomaxprocs", stats.gomaxprocs);
    out.field("cpu", stats.cpu_percent);
    write_traffic(out, stats);
    out.key("http_req_stats").begin_object();
    for (const auto& [page, count] : varz.http_requests) out.field(page, count);
    out.end_object();
    write_server(out, varz);
    out.end_object();
}

}  // namespace midge
