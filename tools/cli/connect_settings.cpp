#include "connect_settings.h"

#include <fmt/format.h>

#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "common/nats_login.h"
#include "error_text.h"

namespace midge::cli {
namespace {

// Checked here, because libnats reads files late, and its error texts for missing ones say little.
[[nodiscard]] Result<> check_readable(const char* what, const std::string& path) {
    if (path.empty() || std::ifstream(path).is_open()) return {};
    return fail(Errc::not_found, fmt::format("{} {}: cannot be read", what, path));
}

[[nodiscard]] Result<> check_files(const ConnectSettings& settings) {
    const std::pair<const char*, const std::string&> files[] = {
        {"credentials file", settings.creds_file},
        {"nkey seed file", settings.nkey_file},
        {"TLS certificate", settings.tls_cert_file},
        {"TLS key", settings.tls_key_file},
        {"TLS CA", settings.tls_ca_file}};
    for (const auto& [what, path] : files) {
        if (Result<> readable = check_readable(what, path); !readable) return readable;
    }
    if (settings.tls_cert_file.empty() != settings.tls_key_file.empty()) {
        return fail(Errc::invalid, "a TLS certificate and its key are needed together");
    }
    return {};
}

[[nodiscard]] std::vector<std::string> server_urls(const std::string& servers) {
    std::vector<std::string> urls;
    for (const std::string_view url : split(servers, ',')) {
        if (!trim(url).empty()) urls.emplace_back(trim(url));
    }
    return urls;
}

[[nodiscard]] natsStatus set_identity(natsOptions* options, const ConnectSettings& s) {
    natsStatus status = NATS_OK;
    if (!s.user.empty()) {
        status = natsOptions_SetUserInfo(options, s.user.c_str(), s.password.c_str());
    }
    if (status == NATS_OK && !s.token.empty()) {
        status = natsOptions_SetToken(options, s.token.c_str());
    }
    return status;
}

[[nodiscard]] natsStatus set_tls(natsOptions* options, const ConnectSettings& s) {
    natsStatus status = NATS_OK;
    if (!s.tls_cert_file.empty()) {
        status = natsOptions_LoadCertificatesChain(options, s.tls_cert_file.c_str(),
                                                   s.tls_key_file.c_str());
    }
    if (status == NATS_OK && !s.tls_ca_file.empty()) {
        status = natsOptions_LoadCATrustedCertificates(options, s.tls_ca_file.c_str());
    }
    if (status == NATS_OK && (!s.tls_cert_file.empty() || !s.tls_ca_file.empty())) {
        status = natsOptions_SetSecure(options, true);
    }
    return status;
}

}  // namespace

Result<OptionsHandle> make_options(const ConnectSettings& settings) {
    if (Result<> files = check_files(settings); !files) return pass(files);
    natsOptions* raw = nullptr;
    natsStatus status = natsOptions_Create(&raw);
    OptionsHandle options(raw);
    if (status == NATS_OK) status = natsOptions_SetName(raw, settings.name.c_str());
    if (status == NATS_OK) status = set_identity(raw, settings);
    if (status == NATS_OK) status = set_tls(raw, settings);
    if (status == NATS_OK) status = natsOptions_SetMaxReconnect(raw, settings.reconnects_max);
    if (status != NATS_OK) return tl::unexpected<Error>(status_error(status, call_detail()));
    Result<> set = settings.creds_file.empty()
                       ? Result<>()
                       : tools::set_nats_credentials(raw, settings.creds_file);
    if (set && !settings.nkey_file.empty()) set = tools::set_nats_nkey(raw, settings.nkey_file);
    // Last, because a login in a URL has priority over a separate one.
    if (set) set = tools::set_nats_servers(raw, server_urls(settings.servers));
    if (!set) return pass(set);
    return options;
}

}  // namespace midge::cli
