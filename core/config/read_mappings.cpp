#include "config/read_mappings.h"

#include "base/text.h"
#include "base/wire_error.h"
#include "config/host_port.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr int64_t weight_max = 100;

// Reads "50", "50%" or 50. No value: an error was reported.
std::optional<uint8_t> read_weight(ConfigReader& reader, const ConfigEntry& entry) {
    const auto invalid = [&](const std::string& weight) {
        reader.error(entry.value.where,
                     fmt::format("Invalid weight {} for mapping destination", weight));
        return std::nullopt;
    };
    int64_t weight = 0;
    if (const auto* text = entry.value.as<std::string>()) {
        const std::string_view digits =
            text->ends_with('%') ? std::string_view(*text).substr(0, text->size() - 1) : *text;
        const auto number = parse_go_integer(digits);
        if (!number) return invalid(go_quote(digits));
        weight = *number;
    } else if (const auto* number = entry.value.as<int64_t>()) {
        weight = *number;
    } else {
        reader.error(entry.value.where,
                     fmt::format("Unknown entry type for weight of {}", written_text(entry.value)));
        return std::nullopt;
    }
    if (weight < 0 || weight > weight_max) return invalid(fmt::format("{}", weight));
    return static_cast<uint8_t>(weight);
}

// nats-server reports the position of the whole destination.
std::optional<std::string> read_text(ConfigReader& reader, const ConfigValue& value,
                                     const ConfigPosition& destination) {
    if (const auto* text = value.as<std::string>()) return *text;
    reader.error_about(
        value.where, destination,
        fmt::format("interface conversion: interface {{}} is {}, not string", value.type_name()));
    return std::nullopt;
}

std::optional<MappingDestination> read_destination(ConfigReader& reader, const ConfigValue& value) {
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(value.where, "Expected an entry for the mapping destination");
        return std::nullopt;
    }
    MappingDestination destination;
    bool whole = true, weighted = false;
    for (const ConfigEntry* part : map->in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        if (key == "dest" || key == "destination") {
            const auto text = read_text(reader, part->value, value.where);
            whole = whole && text;
            destination.subject = text.value_or("");
        } else if (key == "weight") {
            const auto weight = read_weight(reader, *part);
            whole = whole && weight;
            weighted = true;
            destination.weight = weight.value_or(0);
        } else if (key == "cluster") {
            const auto text = read_text(reader, part->value, value.where);
            whole = whole && text;
            destination.cluster = text.value_or("");
        } else if (!part->used_as_variable) {
            reader.error(part->value.where, fmt::format("Unknown field {} for mapping destination",
                                                        go_quote(part->key)));
            whole = false;
        }
    }
    if (!whole) return std::nullopt;
    if (!weighted) {
        reader.error(value.where, fmt::format("Missing weight for mapping destination {}",
                                              go_quote(destination.subject)));
        return std::nullopt;
    }
    return destination;
}

std::optional<SubjectMapping> read_mapping(ConfigReader& reader, const ConfigEntry& entry) {
    SubjectMapping mapping{entry.key, {}};
    if (const auto* text = entry.value.as<std::string>()) {
        mapping.destinations.push_back({*text, weight_max, {}});
        return mapping;
    }
    const auto* items = entry.value.as<ConfigArray>();
    bool whole = true;
    const auto add = [&](const ConfigValue& value) {
        auto destination = read_destination(reader, value);
        whole = whole && destination;
        if (destination) mapping.destinations.push_back(std::move(*destination));
    };
    if (items == nullptr) {
        add(entry.value);
    } else {
        for (const ConfigValue& item : *items) add(item);
    }
    if (!whole) return std::nullopt;
    return mapping;
}

}  // namespace

std::vector<SubjectMapping> read_mappings(ConfigReader& reader, const ConfigEntry& entry) {
    std::vector<SubjectMapping> mappings;
    const ConfigMap* map = reader.map(entry.value);
    if (map == nullptr) return mappings;
    SubjectMappings checked;
    for (const ConfigEntry* part : map->in_written_order()) {
        if (part->used_as_variable) continue;
        if (!is_valid_subject(part->key)) {
            reader.error(entry.value.where,
                         fmt::format("Subject {} is not a valid subject", go_quote(part->key)));
            continue;
        }
        auto mapping = read_mapping(reader, *part);
        if (!mapping) continue;
        if (const auto added = checked.add(*mapping, {}); !added) {
            const auto* one = part->value.as<std::string>();
            reader.error(part->value.where,
                         fmt::format("Error adding mapping for {}{} : {}", go_quote(part->key),
                                     one == nullptr ? "" : fmt::format(" to {}", go_quote(*one)),
                                     added.error().text));
            continue;
        }
        mappings.push_back(std::move(*mapping));
    }
    return mappings;
}

void read_global_mappings(ConfigReader& reader, const ConfigEntry& entry, Options& options) {
    options.mappings = read_mappings(reader, entry);
    options.mappings_given = true;
}

}  // namespace midge
