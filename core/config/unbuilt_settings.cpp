#include "config/unbuilt_settings.h"

#include <algorithm>
#include <array>

namespace midge {
namespace {

constexpr auto top_level = std::to_array<std::string_view>({
    "cluster",
    "connect_error_reports",
    "default_js_domain",
    "disable_sublist_cache",
    "feature_flags",
    "gateway",
    "http",
    "http_base_path",
    "http_port",
    "https",
    "https_port",
    "jetstream",
    "leaf",
    "leafnodes",
    "max_closed_clients",
    "monitor_port",
    "mqtt",
    "no_sublist_cache",
    "ocsp",
    "ocsp_cache",
    "prof_block_rate",
    "prof_port",
    "reconnect_error_reports",
    "store_dir",
    "storedir",
    "write_timeout",
});

constexpr auto tls_block = std::to_array<std::string_view>({
    "allow_insecure_cipher_suites",
    "ca_certs_match",
    "ca_file",
    "cert_file",
    "cert_match",
    "cert_match_by",
    "cert_match_skip_invalid",
    "cert_store",
    "certificates",
    "certs",
    "cipher_suites",
    "connection_rate_limit",
    "curve_preferences",
    "first",
    "handshake_first",
    "immediate",
    "insecure",
    "key_file",
    "min_version",
    "ocsp_peer",
    "pinned_certs",
    "timeout",
    "verify",
    "verify_and_map",
    "verify_cert_and_check_known_urls",
});

bool contains(const auto& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

bool is_unbuilt_setting(std::string_view key) {
    return contains(top_level, key);
}
bool is_tls_setting(std::string_view key) {
    return contains(tls_block, key);
}

}  // namespace midge
