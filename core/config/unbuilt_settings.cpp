#include "config/unbuilt_settings.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace midge {
namespace {

// The kind of value of a setting whose feature is not used.
enum class Off : uint8_t {
    zero,
    no,
    empty_text,
    nothing_in_it,    // a block without entries
    only_no,          // a block whose entries are all "no"
    no_or_only_mode,  // "no", or a block that only has a mode, "never"
    default_policy,
    jetstream,
    neutral_block,  // a block whose entries do not use the feature
};

struct Unbuilt {
    std::string_view name;
    Off off;
};

constexpr auto top_level = std::to_array<Unbuilt>({
    {"cluster", Off::neutral_block},
    {"connect_error_reports", Off::zero},
    {"default_js_domain", Off::nothing_in_it},
    {"disable_sublist_cache", Off::no},
    {"feature_flags", Off::only_no},
    {"gateway", Off::neutral_block},
    {"http", Off::zero},
    {"http_base_path", Off::empty_text},
    {"http_port", Off::zero},
    {"https", Off::zero},
    {"https_port", Off::zero},
    {"jetstream", Off::jetstream},
    {"leaf", Off::neutral_block},
    {"leafnodes", Off::neutral_block},
    {"max_closed_clients", Off::zero},
    {"monitor_port", Off::zero},
    {"mqtt", Off::neutral_block},
    {"no_sublist_cache", Off::no},
    {"ocsp", Off::no_or_only_mode},
    {"ocsp_cache", Off::no},
    {"prof_block_rate", Off::zero},
    {"prof_port", Off::zero},
    {"reconnect_error_reports", Off::zero},
    {"store_dir", Off::empty_text},
    {"storedir", Off::empty_text},
    {"write_timeout", Off::default_policy},
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

// Keys that a listener's block may have while it neither listens nor connects.
constexpr std::array<std::string_view, 1> neutral_ports = {"port"};
constexpr std::array<std::string_view, 3> neutral_lists = {"gateways", "remotes", "routes"};
constexpr std::array<std::string_view, 3> neutral_flags = {"no_advertise", "reject_unknown",
                                                           "reject_unknown_cluster"};

bool contains(const auto& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool is_zero(const ConfigValue& value) {
    const auto* number = value.as<int64_t>();
    return number != nullptr && *number == 0;
}

bool is_flag(const ConfigValue& value, bool wanted) {
    const auto* flag = value.as<bool>();
    return flag != nullptr && *flag == wanted;
}

bool is_text(const ConfigValue& value, std::string_view wanted) {
    const auto* text = value.as<std::string>();
    return text != nullptr && equals_ignore_case(*text, wanted);
}

// Whether it is a block, and `fits` is true for each of its keys (in lower case) and values.
bool all_entries(const ConfigValue& value, auto fits) {
    const auto* map = value.as<ConfigMap>();
    return map != nullptr &&
           std::all_of(map->entries().begin(), map->entries().end(), [&](const ConfigEntry& entry) {
               return fits(to_lower_ascii(entry.key), entry.value);
           });
}

bool is_neutral_entry(std::string_view key, const ConfigValue& value) {
    if (contains(neutral_ports, key)) return is_zero(value);
    if (contains(neutral_flags, key)) return is_flag(value, false);
    const auto* items = value.as<ConfigArray>();
    return contains(neutral_lists, key) && items != nullptr && items->empty();
}

// Without a mode it is "auto".
bool has_mode_never(const ConfigValue& value) {
    const auto* map = value.as<ConfigMap>();
    const ConfigEntry* mode = map == nullptr || map->size() != 1 ? nullptr : map->find("mode");
    return mode != nullptr && is_text(mode->value, "never");
}

bool is_off(Off off, const ConfigValue& value) {
    switch (off) {
        case Off::zero:
            return is_zero(value);
        case Off::no:
            return is_flag(value, false);
        case Off::empty_text:
            return is_text(value, "");
        case Off::nothing_in_it:
            return value.as<ConfigMap>() != nullptr && value.as<ConfigMap>()->empty();
        case Off::only_no:
            return all_entries(value,
                               [](const auto&, const auto& flag) { return is_flag(flag, false); });
        case Off::no_or_only_mode:
            return is_flag(value, false) || has_mode_never(value);
        case Off::default_policy: {
            const auto* policy = value.as<std::string>();
            return policy != nullptr && *policy == "default";
        }
        case Off::jetstream:
            return leaves_jetstream_off(value);
        case Off::neutral_block:
            return all_entries(value, is_neutral_entry);
    }
    return false;
}

const Unbuilt* find_unbuilt(std::string_view key) {
    for (const Unbuilt& row : top_level) {
        if (row.name == key) return &row;
    }
    return nullptr;
}

}  // namespace

bool is_unbuilt_setting(std::string_view key) {
    return find_unbuilt(key) != nullptr;
}

std::vector<std::string_view> unbuilt_settings() {
    std::vector<std::string_view> names;
    names.reserve(std::size(top_level));
    for (const Unbuilt& row : top_level) names.push_back(row.name);
    return names;
}

bool leaves_feature_off(std::string_view key, const ConfigValue& value) {
    if (key == "ocsp_peer" || key == "cert_match_skip_invalid") return is_flag(value, false);
    const Unbuilt* const row = find_unbuilt(key);
    return row != nullptr && is_off(row->off, value);
}

bool leaves_jetstream_off(const ConfigValue& value) {
    if (is_flag(value, false) || is_text(value, "disabled") || is_text(value, "disable"))
        return true;
    const auto* map = value.as<ConfigMap>();
    // An empty block turns it on.
    return map != nullptr && !map->empty() &&
           all_entries(value, [](const auto& key, const auto& flag) {
               return ((key == "enabled" || key == "enable") && is_flag(flag, false)) ||
                      ((key == "disabled" || key == "disable") && is_flag(flag, true));
           });
}

bool is_tls_setting(std::string_view key) {
    return contains(tls_block, key);
}

}  // namespace midge
