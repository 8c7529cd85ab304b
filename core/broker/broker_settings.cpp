// Broker: what the event loops read of the options.
#include <tuple>

#include "base/version.h"
#include "broker/broker.h"
#include "config/host_port.h"
#include "services/auth_callout.h"
#include "services/system_services.h"

namespace midge {
namespace {

constexpr std::chrono::seconds certificate_check_interval{10};

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

// What both listeners have in common; the rest is as `options` say.
Result<ListenerSettings> Broker::make_listener(const Options& options, ConnectionType type,
                                               bool certificates_name_users) {
    auto authenticator = Authenticator::from(options, registry_, operators_, hashes_,
                                             *auth_callout_, type, certificates_name_users);
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
    info.server_id = identity_.id();
    info.server_name = identity_.name();
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
    info.xkey = auth_callout_->xkey();
    terms.authenticator = std::move(*authenticator);
    listener.role = std::make_shared<ClientRole>(*clients_, std::move(terms));
    return listener;
}

void Broker::watch_certificates() {
    for (const ListenerSettings& listener : settings_->listeners)
        watch_certificates(listener.tls_setting, listener.tls);
}

// A renewed certificate holds for the connections after it, without a reload. Ends with the
// settings that it belongs to.
void Broker::watch_certificates(std::string_view setting, std::weak_ptr<TlsSource> watched) {
    if (watched.expired()) return;
    services_->post([this, setting, watched = std::move(watched)] {
        services_->reactor().after(certificate_check_interval, [this, setting, watched] {
            const auto source = watched.lock();
            if (!source) return;
            if (const auto renewed = source->renew(); !renewed) {
                log_.log_with(
                    LogLevel::error, {{"setting", setting}, {"reason", renewed.error().text}},
                    "Renewed TLS certificate not used: {}: {}", setting, renewed.error().text);
            } else if (*renewed) {
                log_.info("Using the renewed TLS certificate for new connections");
            }
            watch_certificates(setting, watched);
        });
    });
}

Result<std::shared_ptr<const Settings>> Broker::make_settings(Options options) {
    auto settings = std::make_shared<Settings>();
    const bool by_certificate =
        maps_certificates(options.tls) ||
        (options.websocket.port != 0 && maps_certificates(options.websocket.tls));
    auto clients = make_listener(options, ConnectionType::standard, by_certificate);
    if (!clients) return pass(clients);
    clients->tls_setting = "tls";
    clients->proxied = options.proxy_protocol;
    settings->listeners.push_back(std::move(*clients));
    if (options.websocket.port != 0) {
        auto websocket =
            make_listener(as_of_websocket(options), ConnectionType::websocket, by_certificate);
        if (!websocket) return pass(websocket);
        websocket->tls_setting = "websocket.tls";
        auto upgrade = make_upgrade_rules(options.websocket);
        if (!upgrade) return pass(upgrade);
        websocket->upgrade = std::move(*upgrade);
        settings->listeners.push_back(std::move(*websocket));
    }
    ListenerIndex index = 0;
    for (ListenerSettings& listener : settings->listeners) listener.bound_port = port_of(index++);
    settings->generation = generation_ + 1;
    settings->options = std::move(options);
    return std::shared_ptr<const Settings>(std::move(settings));
}

}  // namespace midge
