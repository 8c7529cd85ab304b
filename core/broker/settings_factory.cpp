#include "broker/settings_factory.h"

#include <optional>
#include <tuple>
#include <utility>

#include "base/version.h"
#include "config/host_port.h"
#include "login/authenticator.h"

namespace midge {
namespace {

// The options of the client listener as they are for the other one.
Options as_of_websocket(Options options) {
    const WebsocketOptions& websocket = options.websocket;
    options.host = websocket.host;
    options.port = websocket.port;
    options.client_advertise.clear();  // `advertise` of this listener is for other servers to tell
    options.tls = websocket.tls;
    options.allow_non_tls = false;
    options.authorization.timeout = websocket.auth_timeout.value_or(options.authorization.timeout);
    options.ping_interval = websocket.ping_interval.value_or(options.ping_interval);
    if (!websocket.no_auth_user.empty()) options.no_auth_user = websocket.no_auth_user;
    if (!websocket.user.empty() || !websocket.token.empty()) {
        options.authorization.user = websocket.user;
        options.authorization.password = websocket.password;
        options.authorization.token = websocket.token;
    }
    return options;
}

bool maps_certificates(const std::optional<TlsOptions>& tls) {
    return tls && tls->verify_and_map;
}

Result<UpgradeRules> make_upgrade_rules(const WebsocketOptions& options) {
    auto origins = OriginRules::from(options.same_origin, options.allowed_origins);
    if (!origins) return pass(origins);
    UpgradeRules rules;
    rules.origins = std::move(*origins);
    rules.tls = options.tls.has_value();
    rules.compression = options.compression;
    rules.cookies = {options.jwt_cookie, options.user_cookie, options.password_cookie,
                     options.token_cookie};
    rules.headers.assign(options.headers.begin(), options.headers.end());
    return rules;
}

}  // namespace

Result<ListenerSettings> SettingsFactory::make_listener(const Options& options, ConnectionType type,
                                                        bool certificates_name_users) const {
    auto authenticator =
        Authenticator::from(options, parts_.registry, parts_.operators, parts_.hashes,
                            parts_.callout, type, certificates_name_users);
    if (!authenticator) return pass(authenticator);
    ListenerSettings listener;
    listener.host = options.host;
    listener.port = options.port;
    listener.tls_options = options.tls;
    if (options.tls) {
        auto tls = TlsSource::from(*options.tls);
        if (!tls) return pass(tls);
        listener.tls = std::move(*tls);
    }
    listener.ping_interval = options.ping_interval;
    ClientRole::Terms terms;
    terms.auth_timeout = options.authorization.timeout;
    ServerInfoFields& info = terms.info;
    info.server_id = parts_.identity.id();
    info.server_name = parts_.identity.name();
    info.version = nats_version;
    info.host = options.host;
    if (!options.client_advertise.empty()) {
        if (auto address = parse_advertised(options.client_advertise, 0))
            std::tie(info.host, info.port) = std::move(*address);
    }
    info.headers = options.header_support;
    info.auth_required = (*authenticator)->required();
    info.tls_required = options.tls && !options.allow_non_tls;
    info.tls_available = options.tls && options.allow_non_tls;
    info.tls_verify = options.tls && (options.tls->verify || options.tls->verify_and_map);
    info.payload_bytes_max = options.payload_bytes_max;
    info.xkey = parts_.callout.xkey();
    terms.authenticator = std::move(*authenticator);
    listener.role = std::make_shared<ClientRole>(parts_.clients, std::move(terms));
    return listener;
}

Result<Settings> SettingsFactory::make(Options options) const {
    Settings settings;
    const bool by_certificate =
        maps_certificates(options.tls) ||
        (options.websocket.port != 0 && maps_certificates(options.websocket.tls));
    auto clients = make_listener(options, ConnectionType::standard, by_certificate);
    if (!clients) return pass(clients);
    clients->tls_setting = "tls";
    clients->proxied = options.proxy_protocol;
    settings.listeners.push_back(std::move(*clients));
    if (options.websocket.port != 0) {
        auto websocket =
            make_listener(as_of_websocket(options), ConnectionType::websocket, by_certificate);
        if (!websocket) return pass(websocket);
        websocket->tls_setting = "websocket.tls";
        auto upgrade = make_upgrade_rules(options.websocket);
        if (!upgrade) return pass(upgrade);
        websocket->upgrade = std::move(*upgrade);
        settings.listeners.push_back(std::move(*websocket));
    }
    settings.options = std::move(options);
    return settings;
}

}  // namespace midge
