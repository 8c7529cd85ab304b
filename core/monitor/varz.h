#pragma once
// The page VARZ: the server's settings and statistics (docs/protocol/monitoring.md, Server).
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "event/statsz.h"

namespace midge {

// The `websocket` object; empty without that listener.
struct VarzWebsocket {
    std::string host;
    int port = 0;  // 0: there is none
    std::string advertise;
    std::string no_auth_user;
    std::string jwt_cookie;
    int64_t handshake_timeout_nanos = 0;
    double auth_timeout_seconds = 0;
    bool no_tls = false;
    bool same_origin = false;
    std::vector<std::string> allowed_origins;
    bool compression = false;
    WallNanos certificate_expires = 0;  // 0: no TLS
};

struct Varz {
    std::string_view server_id, server_name, version, program;
    std::string host;
    int port = 0;
    bool auth_required = false, tls_required = false, tls_verify = false;
    std::string ip;
    std::vector<std::string> connect_urls, websocket_urls;
    int connections_max = 0;
    int subscriptions_max = 0;  // 0: any number
    int64_t ping_interval_nanos = 0;
    int ping_max = 0;
    std::string http_host;
    int http_port = 0;
    std::string http_base_path;
    int https_port = 0;
    double auth_timeout_seconds = 0;
    int control_line_bytes_max = 0;
    int64_t payload_bytes_max = 0;
    int64_t pending_bytes_max = 0;
    VarzWebsocket websocket;
    double tls_timeout_seconds = 0;
    int64_t write_deadline_nanos = 0;
    Statsz statsz;
    WallNanos now = 0;
    std::vector<std::pair<std::string_view, uint64_t>> http_requests;
    WallNanos config_loaded = 0;
    std::string config_digest;
    std::vector<std::string> tags;
    std::map<std::string, std::string> metadata;
    std::map<std::string, bool> feature_flags;
    std::vector<std::string> operator_jwts;
    std::vector<std::string> operator_claims;  // the JSON in the JWTs
    std::string system_account;
    std::vector<std::string> trusted_proxies;  // keys
    WallNanos certificate_expires = 0;         // 0: no TLS
};
void write_json(JsonWriter& out, const Varz& varz);

}  // namespace midge
