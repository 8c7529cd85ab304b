#include "broker/certificate_watch.h"

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include "services/system_services.h"

namespace midge {
namespace {

constexpr std::chrono::seconds certificate_check_interval{10};

// `setting`: a literal, which the log names.
void watch_certificate(std::string_view setting, std::weak_ptr<TlsSource> watched,
                       SystemServices& services, Logger& log) {
    if (watched.expired()) return;
    services.post([&services, &log, setting, watched = std::move(watched)] {
        services.reactor().after(certificate_check_interval, [&services, &log, setting, watched] {
            const auto source = watched.lock();
            if (!source) return;
            if (const auto renewed = source->renew(); !renewed) {
                log.log_with(
                    LogLevel::error, {{"setting", setting}, {"reason", renewed.error().text}},
                    "Renewed TLS certificate not used: {}: {}", setting, renewed.error().text);
            } else if (*renewed) {
                log.info("Using the renewed TLS certificate for new connections");
            }
            watch_certificate(setting, watched, services, log);
        });
    });
}

}  // namespace

void watch_certificates(const Settings& settings, SystemServices& services, Logger& log) {
    for (const ListenerSettings& listener : settings.listeners)
        watch_certificate(listener.tls_setting, listener.tls, services, log);
}

}  // namespace midge
