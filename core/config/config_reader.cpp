#include "config/config_reader.h"

#include "base/text.h"
#include "base/wire_error.h"
#include "config/go_duration.h"

namespace midge {

void ConfigReader::error(const ConfigPosition& where, std::string_view message) {
    error_about(where, where, message);
}

void ConfigReader::error_about(const ConfigPosition& about, const ConfigPosition& where,
                               std::string_view message) {
    errors_.push_back({where, about, std::string(message)});
}

void ConfigReader::own_error(const ConfigPosition& where, std::string_view message) {
    errors_.push_back({where, where, std::string(message), ConfigProblem::Words::our_own});
}

void ConfigReader::warning(const ConfigPosition& where, std::string_view field,
                           std::string_view reason) {
    warnings_.push_back(
        {where, where, fmt::format("invalid use of field {}: {}", go_quote(field), reason)});
}

void ConfigReader::not_supported(const ConfigEntry& entry) {
    own_error(
        entry.value.where,
        fmt::format("\"{}\" is not supported yet; nats-server has it, Midge does not", entry.key));
}

void ConfigReader::wrong_type(const ConfigValue& value, std::string_view expected) {
    error(value.where, fmt::format("interface conversion: interface {{}} is {}, not {}",
                                   value.type_name(), expected));
}

std::optional<std::string> ConfigReader::text(const ConfigValue& value) {
    if (const auto* found = value.as<std::string>()) return *found;
    wrong_type(value, "string");
    return std::nullopt;
}

std::optional<bool> ConfigReader::flag(const ConfigValue& value) {
    if (const auto* found = value.as<bool>()) return *found;
    wrong_type(value, "bool");
    return std::nullopt;
}

std::optional<int64_t> ConfigReader::integer(const ConfigValue& value) {
    if (const auto* found = value.as<int64_t>()) return *found;
    wrong_type(value, "int64");
    return std::nullopt;
}

std::optional<int64_t> ConfigReader::integer(const ConfigEntry& entry, int64_t least,
                                             int64_t most) {
    const auto number = integer(entry.value);
    if (!number || (*number >= least && *number <= most)) return number;
    own_error(entry.value.where,
              fmt::format("{} is {}, expected {}..{}", entry.key, *number, least, most));
    return std::nullopt;
}

const ConfigMap* ConfigReader::map(const ConfigValue& value) {
    const auto* found = value.as<ConfigMap>();
    if (found == nullptr) wrong_type(value, "map[string]interface {}");
    return found;
}

std::optional<std::chrono::nanoseconds> ConfigReader::written_duration(const ConfigEntry& entry) {
    const auto written = text(entry.value);
    if (!written) return std::nullopt;
    auto parsed = parse_go_duration(*written);
    if (parsed) return *parsed;
    error(entry.value.where,
          fmt::format("error parsing {}: {}", to_lower_ascii(entry.key), parsed.error().text));
    return std::nullopt;
}

std::optional<std::chrono::nanoseconds> ConfigReader::duration(const ConfigEntry& entry) {
    constexpr int64_t seconds_max = std::numeric_limits<int64_t>::max() / 1'000'000'000;
    const std::string key = to_lower_ascii(entry.key);
    if (entry.value.as<std::string>() != nullptr) return written_duration(entry);
    warning(entry.value.where, key, key + " should be converted to a duration");
    const auto seconds = integer(entry, -seconds_max, seconds_max);
    if (!seconds) return std::nullopt;
    return std::chrono::seconds(*seconds);
}

std::optional<std::vector<std::string>> ConfigReader::texts(const ConfigValue& value,
                                                            std::string_view what) {
    if (const auto* one = value.as<std::string>()) return std::vector<std::string>{*one};
    const auto* items = value.as<ConfigArray>();
    if (items == nullptr) {
        error(value.where,
              fmt::format("error parsing {}: unsupported type {}", what, value.type_name()));
        return std::nullopt;
    }
    std::vector<std::string> out;
    for (const ConfigValue& item : *items) {
        if (const auto* one = item.as<std::string>()) {
            out.push_back(*one);
        } else {
            error(item.where, fmt::format("error parsing {}: unsupported type in array {}", what,
                                          item.type_name()));
        }
    }
    return out;
}

void ConfigReader::each_entry(const ConfigMap& map, const EntryReader& read) {
    for (const ConfigEntry* entry : map.in_written_order()) {
        if (read(to_lower_ascii(entry->key), *entry) || entry->used_as_variable) continue;
        error(entry->value.where, fmt::format("unknown field {}", go_quote(entry->key)));
    }
}

const ConfigEntry* ConfigReader::top(std::string_view name) const {
    const ConfigEntry* found = nullptr;
    for (const ConfigEntry& entry : root_.entries()) {
        if (equals_ignore_case(entry.key, name) &&
            (found == nullptr || found->written < entry.written)) {
            found = &entry;
        }
    }
    return found;
}

std::string written_text(const ConfigValue& value) {
    if (const auto* number = value.as<int64_t>()) return fmt::format("{}", *number);
    if (const auto* real = value.as<double>()) return fmt::format("{}", *real);
    if (const auto* flag = value.as<bool>()) return *flag ? "true" : "false";
    if (const auto* text = value.as<std::string>()) return *text;
    if (const auto* date = value.as<ConfigDate>()) {  // in Go's form of a time
        const std::string_view text = date->text;
        return fmt::format("{} {} +0000 UTC", text.substr(0, 10), text.substr(11, 8));
    }
    return std::string(value.type_name());
}

}  // namespace midge
