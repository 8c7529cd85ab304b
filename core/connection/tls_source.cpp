#include "connection/tls_source.h"

#include <system_error>
#include <utility>

namespace midge {

Result<std::shared_ptr<TlsSource>> TlsSource::from(const TlsOptions& options, TlsSide side) {
    std::shared_ptr<TlsSource> made(new TlsSource(options, side));
    made->times_ = made->file_times();
    auto context = made->load();
    if (!context) return pass(context);
    made->current_ = std::move(*context);
    return made;
}

Result<bool> TlsSource::renew(Clock::time_point now) {
    Times times = file_times();
    const bool written = times != times_;
    if (!written && now - made_ < context_age_max) return false;
    auto context = load();
    if (!context) {
        if (context.error().text == told_) return false;
        told_ = context.error().text;
        return pass(context);
    }
    told_.clear();
    current_ = std::move(*context);
    times_ = std::move(times);
    made_ = now;
    return written;
}

Result<std::shared_ptr<const TlsContext>> TlsSource::load() const {
    TlsSettings settings;
    settings.side = side_;
    for (const TlsCertificateOptions& files : options_.certificates)
        settings.certificates.push_back({files.certificate_file, files.key_file});
    settings.ca_file = options_.ca_file;
    settings.verify_client = options_.verify || options_.verify_and_map;
    settings.cipher_suites = options_.cipher_suites;
    settings.curves = options_.curves;
    settings.tls13_only = options_.tls13_only;
    settings.pinned_certificates = options_.pinned_certificates;
    return TlsContext::from(std::move(settings));
}

// A file that is missing has no time.
TlsSource::Times TlsSource::file_times() const {
    Times out;
    const auto add = [&out](const std::string& path) {
        std::error_code missing;
        const auto time = std::filesystem::last_write_time(path, missing);
        out.push_back(missing ? std::filesystem::file_time_type{} : time);
    };
    for (const TlsCertificateOptions& files : options_.certificates) {
        add(files.certificate_file);
        add(files.key_file);
    }
    if (!options_.ca_file.empty()) add(options_.ca_file);
    return out;
}

}  // namespace midge
