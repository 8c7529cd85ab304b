// The page VARZ, from the settings in force and the counters.
#include <fmt/format.h>

#include "auth/jwt.h"
#include "base/version.h"
#include "client/client_role.h"
#include "net/tls_context.h"
#include "services/page_source.h"

namespace midge {
namespace {

// nats-server shows the version of Go here.
const std::string program = fmt::format("midge {}", midge_version);

double seconds(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

int64_t nanos(std::chrono::milliseconds time) {
    return std::chrono::nanoseconds(time).count();
}

WallNanos expiry_of(const ListenerSettings& listener) {
    return listener.tls ? listener.tls->current()->certificate_expires() : 0;
}

VarzWebsocket websocket_of(const WebsocketOptions& options, const ListenerSettings& listener) {
    VarzWebsocket out;
    out.host = options.host;
    out.port = listener.bound_port;
    out.advertise = options.advertise;
    out.no_auth_user = options.no_auth_user;
    out.jwt_cookie = options.jwt_cookie;
    if (options.handshake_timeout != WebsocketOptions{}.handshake_timeout)
        out.handshake_timeout_nanos = nanos(options.handshake_timeout);
    if (options.auth_timeout) out.auth_timeout_seconds = seconds(*options.auth_timeout);
    out.no_tls = options.no_tls;
    out.same_origin = options.same_origin;
    out.allowed_origins = options.allowed_origins;
    out.compression = options.compression;
    out.certificate_expires = expiry_of(listener);
    return out;
}

void add_limits(const Options& options, Varz& out) {
    out.connections_max = options.connections_max;
    out.subscriptions_max = options.subscriptions_max;
    out.ping_interval_nanos = nanos(options.ping_interval);
    out.ping_max = options.ping_max;
    out.auth_timeout_seconds = seconds(options.authorization.timeout);
    out.control_line_bytes_max = options.control_line_bytes_max;
    out.payload_bytes_max = options.payload_bytes_max;
    out.pending_bytes_max = options.pending_bytes_max;
    out.write_deadline_nanos = nanos(options.write_deadline);
}

}  // namespace

Varz PageSource::varz() const {
    std::shared_ptr<const Settings> settings;
    Varz out;
    {
        const std::scoped_lock lock(mutex_);
        settings = settings_;
        out.config_loaded = settings_since_;
    }
    const Options& options = settings->options;
    const ListenerSettings& clients = settings->listeners.front();
    out.server_id = server().id;
    out.server_name = options.server_name.empty() ? server().id : options.server_name;
    out.version = nats_version;
    out.program = program;
    out.host = options.host;
    out.port = clients.bound_port;
    out.auth_required = static_cast<const ClientRole&>(*clients.role).info().auth_required;
    out.tls_required = clients.tls && !options.allow_non_tls;
    out.tls_verify = options.tls && options.tls->verify;
    add_limits(options, out);
    out.http_host = http_address_.host.empty() ? options.host : http_address_.host;
    out.http_port = http_address_.http_port;
    out.https_port = http_address_.https_port;
    out.http_base_path = http_address_.base_path;
    for (const ListenerSettings& listener : settings->listeners) {
        if (listener.upgrade) out.websocket = websocket_of(options.websocket, listener);
    }
    out.tls_timeout_seconds = seconds(options.tls ? options.tls->timeout : TlsOptions{}.timeout);
    out.statsz = services_.statsz();
    out.now = wall_now();
    for (size_t i = 0; i < HttpRequestCounts::pages.size(); ++i) {
        if (http_.at(i) != 0)
            out.http_requests.emplace_back(HttpRequestCounts::pages[i], http_.at(i));
    }
    out.config_digest = options.config_digest;
    out.tags = options.server_tags;
    out.metadata = options.server_metadata;
    out.feature_flags = known_feature_flags();
    out.operator_jwts = options.operator_jwts;
    if (const auto operators = server().registry.operators()) {
        for (const OperatorClaims& claims : operators->operators())
            out.operator_claims.push_back(payload_json(claims));
    }
    out.system_account = system_account_;
    out.trusted_proxies = options.trusted_proxies;
    out.certificate_expires = expiry_of(clients);
    return out;
}

}  // namespace midge
