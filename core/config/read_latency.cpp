#include "config/read_latency.h"

#include "base/text.h"
#include "base/white_space.h"
#include "config/host_port.h"

namespace midge {
namespace {

constexpr int by_headers = 0;

// Reads "50", "50%", 50 or "headers".
std::optional<int> read_sampling(ConfigReader& reader, const ConfigValue& value) {
    int64_t percent = 0;
    if (const auto* number = value.as<int64_t>()) {
        percent = *number;
    } else if (const auto* written = value.as<std::string>()) {
        std::string_view text = *written;
        if (equals_ignore_case(strip_white_space(text), "headers")) return by_headers;
        if (text.ends_with('%')) text.remove_suffix(1);
        const auto parsed = parse_go_integer(text);
        if (!parsed) {
            reader.error(value.where, "Failed to parse latency sample: " + parsed.error().text);
            return std::nullopt;
        }
        percent = *parsed;
    } else {
        reader.error(value.where,
                     fmt::format("Expected latency sample to be a string or map/struct, got {}",
                                 value.type_name()));
        return std::nullopt;
    }
    if (percent >= 1 && percent <= 100) return static_cast<int>(percent);
    reader.error(value.where, "bad sampling percentage, should be 1-100");
    return std::nullopt;
}

}  // namespace

std::optional<LatencyOptions> read_latency(ConfigReader& reader, const ConfigEntry& entry) {
    LatencyOptions latency;
    if (const auto* subject = entry.value.as<std::string>()) {
        latency.subject = *subject;
        return latency;
    }
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("Expected latency entry to be a map/struct or string, got {}",
                                 entry.value.type_name()));
        return std::nullopt;
    }
    bool subject_given = false;
    bool valid = true;
    reader.each_entry(*map, [&](const std::string& key, const ConfigEntry& part) {
        if (key == "sampling") {
            const auto sampling = read_sampling(reader, part.value);
            valid = valid && sampling;
            if (sampling) latency.sampling = *sampling;
        } else if (key == "subject") {
            subject_given = true;
            if (const auto* subject = part.value.as<std::string>()) {
                latency.subject = *subject;
            } else {
                valid = false;
                reader.error(part.value.where,
                             fmt::format("Expected latency subject to be a string, got {}",
                                         part.value.type_name()));
            }
        } else {
            return false;
        }
        return true;
    });
    if (!valid) return std::nullopt;
    if (subject_given) return latency;
    reader.error(entry.value.where, "Latency subject required, but missing");
    return std::nullopt;
}

}  // namespace midge
