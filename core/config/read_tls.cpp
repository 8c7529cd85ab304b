#include "config/read_tls.h"

#include <algorithm>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/go_duration.h"
#include "config/read_seconds.h"
#include "config/unbuilt_settings.h"

namespace midge {
namespace {

constexpr std::string_view block_name = "error parsing tls config";

// The values of the block before it is checked as a whole.
struct Written {
    TlsOptions tls;
    TlsCertificateOptions single;
    bool allow_insecure_suites = false;
    std::string insecure_suites;  // insecure names in cipher_suites
};

void read_file(ConfigReader& reader, const ConfigEntry& entry, const std::string& key,
               std::string& target) {
    if (const auto* path = entry.value.as<std::string>()) {
        target = *path;
    } else {
        reader.error(entry.value.where,
                     fmt::format("{}, expected '{}' to be filename", block_name, key));
    }
}

void read_flag(ConfigReader& reader, const ConfigEntry& entry, const std::string& key,
               bool& target) {
    if (const auto* value = entry.value.as<bool>()) {
        target = *value;
    } else {
        reader.error(entry.value.where,
                     fmt::format("{}, expected '{}' to be a boolean", block_name, key));
    }
}

// Returns a list of texts with at least one item; null if an error was reported.
const ConfigArray* filled_list(ConfigReader& reader, const ConfigEntry& entry,
                               const std::string& key) {
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("interface conversion: interface {{}} is {}, not []interface {{}}",
                                 entry.value.type_name()));
    } else if (items->empty()) {
        reader.error(entry.value.where, fmt::format("{}, '{}' cannot be empty", block_name, key));
        return nullptr;
    }
    return items;
}

void read_cipher_suites(ConfigReader& reader, const ConfigEntry& entry, Written& block) {
    const ConfigArray* const items = filled_list(reader, entry, "cipher_suites");
    if (items == nullptr) return;
    for (const ConfigValue& item : *items) {
        const auto name = reader.text(item);
        if (!name) continue;
        const CipherSuiteName* const suite = find_cipher_suite(*name);
        if (suite == nullptr) {
            reader.error(item.where, fmt::format("unrecognized cipher {}", *name));
            continue;
        }
        block.tls.cipher_suites.push_back(*name);
        if (!suite->secure)
            block.insecure_suites += (block.insecure_suites.empty() ? "" : ", ") + *name;
    }
}

void read_curves(ConfigReader& reader, const ConfigEntry& entry, TlsOptions& tls) {
    const ConfigArray* const items = filled_list(reader, entry, "curve_preferences");
    if (items == nullptr) return;
    for (const ConfigValue& item : *items) {
        const auto name = reader.text(item);
        if (!name) continue;
        if (is_curve_name(*name)) {
            tls.curves.push_back(*name);
        } else {
            reader.error(item.where, fmt::format("unrecognized curve preference {}", *name));
        }
    }
}

void read_pinned(ConfigReader& reader, const ConfigEntry& entry, TlsOptions& tls) {
    constexpr size_t sha256_digits = 64;
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("{}, expected 'pinned_certs' to be a list of hex-encoded sha256 "
                                 "of DER encoded SubjectPublicKeyInfo",
                                 block_name));
        return;
    }
    for (const ConfigValue& item : *items) {
        const auto text = reader.text(item);
        if (!text) continue;
        std::string key = to_lower_ascii(*text);
        if (key.size() != sha256_digits ||
            key.find_first_not_of("0123456789abcdef") != std::string::npos) {
            reader.error(item.where,
                         fmt::format("{}, 'pinned_certs' key {} does not look like hex-encoded "
                                     "sha256 of DER encoded SubjectPublicKeyInfo",
                                     block_name, key));
            continue;
        }
        tls.pinned_certificates.push_back(std::move(key));
    }
}

void read_certificates(ConfigReader& reader, const ConfigEntry& entry, TlsOptions& tls) {
    constexpr std::string_view what = "error parsing certificates config: ";
    const auto* items = entry.value.as<ConfigArray>();
    if (items == nullptr) {
        // nats-server reports the type of the surrounding block.
        reader.error(entry.value.where,
                     fmt::format("{}unsupported type map[string]interface {{}}", what));
        return;
    }
    for (const ConfigValue& item : *items) {
        const auto* files = item.as<ConfigMap>();
        if (files == nullptr) {
            return reader.error(item.where,
                                fmt::format("{}unsupported type {}", what, item.type_name()));
        }
        TlsCertificateOptions pair;
        ConfigPosition where = item.where;
        for (const ConfigEntry* part : files->in_written_order()) {
            where = part->value.where;
            const auto* path = part->value.as<std::string>();
            if (path == nullptr) {
                return reader.error(
                    where, fmt::format("{}unsupported type {}", what, part->value.type_name()));
            }
            // Unlike all other keys, these are case-sensitive.
            if (part->key != "cert_file" && part->key != "key_file") {
                return reader.error(where, fmt::format("error parsing tls certs config, "
                                                       "unknown field {}",
                                                       go_quote(part->key)));
            }
            (part->key == "cert_file" ? pair.certificate_file : pair.key_file) = *path;
        }
        if (pair.certificate_file.empty() || pair.key_file.empty()) {
            return reader.error(
                where, fmt::format("{}both 'cert_file' and 'cert_key' options are required", what));
        }
        tls.certificates.push_back(std::move(pair));
    }
}

void read_min_version(ConfigReader& reader, const ConfigEntry& entry, TlsOptions& tls) {
    const auto refuse = [&](std::string_view why) {
        reader.error(entry.value.where, fmt::format("{}: {}", block_name, why));
    };
    const auto* text = entry.value.as<std::string>();
    if (text == nullptr) {
        refuse(fmt::format("'min_version' wrong type: {}", shown(entry.value)));
    } else if (*text == "1.0" || *text == "1.1") {
        refuse(fmt::format("unsupported TLS version: TLS {}", *text));
    } else if (*text != "1.2" && *text != "1.3") {
        refuse(fmt::format("unknown version: {}", *text));
    } else {
        tls.tls13_only = *text == "1.3";
    }
}

void read_handshake_first(ConfigReader& reader, const ConfigEntry& entry, const std::string& key,
                          TlsOptions& tls) {
    const auto set = [&](bool first) {
        tls.order = first ? HandshakeOrder::handshake_first : HandshakeOrder::info_first;
    };
    if (const auto* flag = entry.value.as<bool>()) return set(*flag);
    const auto* text = entry.value.as<std::string>();
    if (text == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("field {} should be a boolean or a string, got {}", go_quote(key),
                                 entry.value.type_name()));
        return;
    }
    const std::string word = to_lower_ascii(*text);
    if (word == "true" || word == "on") return set(true);
    if (word == "false" || word == "off") return set(false);
    if (word == "auto" || word == "auto_fallback") {
        tls.order = HandshakeOrder::handshake_or_info;
        return;
    }
    const auto delay = parse_go_duration(*text);
    if (!delay) {
        reader.error(entry.value.where,
                     fmt::format("field {}'s value {} is invalid", go_quote(key), go_quote(*text)));
        return;
    }
    // Without a delay, INFO waits for the handshake, however long that takes.
    set(true);
    if (delay->count() <= 0) return;
    tls.order = HandshakeOrder::handshake_or_info;
    tls.info_delay = std::chrono::ceil<std::chrono::milliseconds>(*delay);
}

void read_rate_limit(ConfigReader& reader, const ConfigEntry& entry, TlsOptions& tls) {
    if (const auto* number = entry.value.as<int64_t>()) {
        tls.handshakes_per_second_max =
            static_cast<int>(std::clamp<int64_t>(*number, 0, std::numeric_limits<int>::max()));
    } else {
        reader.error(entry.value.where,
                     fmt::format("{}, 'connection_rate_limit' wrong type", block_name));
    }
}

// Returns false for a key that the block does not have.
bool read_part(ConfigReader& reader, const ConfigEntry& entry, const std::string& key,
               Written& block) {
    TlsOptions& tls = block.tls;
    if (key == "cert_file") {
        read_file(reader, entry, key, block.single.certificate_file);
    } else if (key == "key_file") {
        read_file(reader, entry, key, block.single.key_file);
    } else if (key == "ca_file") {
        read_file(reader, entry, key, tls.ca_file);
    } else if (key == "certs" || key == "certificates") {
        read_certificates(reader, entry, tls);
    } else if (key == "verify") {
        read_flag(reader, entry, key, tls.verify);
    } else if (key == "verify_and_map") {
        read_flag(reader, entry, key, tls.verify_and_map);
    } else if (key == "allow_insecure_cipher_suites") {
        read_flag(reader, entry, key, block.allow_insecure_suites);
    } else if (key == "timeout") {
        if (const auto timeout = read_seconds(reader, entry, block_name, TlsOptions{}.timeout))
            tls.timeout = *timeout;
    } else if (key == "cipher_suites") {
        read_cipher_suites(reader, entry, block);
    } else if (key == "curve_preferences") {
        read_curves(reader, entry, tls);
    } else if (key == "min_version") {
        read_min_version(reader, entry, tls);
    } else if (key == "pinned_certs") {
        read_pinned(reader, entry, tls);
    } else if (key == "connection_rate_limit") {
        read_rate_limit(reader, entry, tls);
    } else if (key == "handshake_first" || key == "first" || key == "immediate") {
        read_handshake_first(reader, entry, entry.key, tls);
    } else if (key == "insecure") {
        // The key is for clients, which do not exist here; nats-server accepts it.
        bool insecure = false;
        read_flag(reader, entry, key, insecure);
    } else if (key == "verify_cert_and_check_known_urls") {
        bool check = false;
        read_flag(reader, entry, key, check);
        if (check) reader.error(entry.value.where, key + " not supported in this context");
    } else {
        return false;
    }
    return true;
}

// Returns the error about the block as a whole, if any.
std::string judge(Written& block) {
    const TlsCertificateOptions& single = block.single;
    TlsOptions& tls = block.tls;
    if (!single.certificate_file.empty() && !tls.certificates.empty()) {
        return fmt::format("{}, cannot combine 'cert_file' option with 'certs' option", block_name);
    }
    if (!block.insecure_suites.empty() && !block.allow_insecure_suites) {
        return "insecure cipher suites configured without 'allow_insecure_cipher_suites' option "
               "set: " +
               block.insecure_suites;
    }
    const bool certificate = !single.certificate_file.empty(), key = !single.key_file.empty();
    if (certificate && !key) return "missing 'key_file' in TLS configuration";
    if (key && !certificate) return "missing 'cert_file' in TLS configuration";
    if (certificate) tls.certificates.push_back(single);
    return {};
}

}  // namespace

std::optional<TlsOptions> read_tls_block(ConfigReader& reader, const ConfigEntry& entry) {
    const ConfigMap* map = reader.map(entry.value);
    if (map == nullptr) return std::nullopt;
    Written block;
    const size_t errors_before = reader.errors().size();
    for (const ConfigEntry* part : map->in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        if (read_part(reader, *part, key, block) || part->used_as_variable) continue;
        if (is_tls_setting(key)) {
            if (!leaves_feature_off(key, part->value)) reader.not_supported(*part);
        } else {
            reader.error(part->value.where,
                         fmt::format("{}, unknown field {}", block_name, go_quote(part->key)));
        }
    }
    if (reader.errors().size() > errors_before) return std::nullopt;
    if (const std::string why = judge(block); !why.empty()) {
        reader.error(entry.value.where, why);
        return std::nullopt;
    }
    if (reader.checks().tls) {
        if (auto checked = reader.checks().tls(block.tls); !checked) {
            std::string why = checked.error().text;
            // For a list, the error says which of how many certificates, even if there is only one.
            const bool listed = block.single.certificate_file.empty();
            if (constexpr std::string_view pair = "certificate/key pair:";
                listed && why.find(pair) != std::string::npos)
                why.insert(why.find(pair) + pair.size() - 1, " 1/1");
            reader.error(entry.value.where, why);
            return std::nullopt;
        }
    }
    return std::move(block.tls);
}

void read_tls(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    if (auto tls = read_tls_block(reader, entry)) options.tls = std::move(*tls);
}

}  // namespace midge
