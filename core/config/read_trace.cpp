#include "config/read_trace.h"

#include "base/text.h"
#include "base/wire_error.h"
#include "config/host_port.h"
#include "subject/subject.h"

namespace midge {
namespace {

void read_destination(ConfigReader& reader, const ConfigPosition& where, const std::string& subject,
                      AccountTraceOptions& trace) {
    if (is_literal_subject(subject)) {
        trace.destination = subject;
    } else {
        reader.error(where, fmt::format("Trace destination {} is not valid", go_quote(subject)));
    }
}

// Reads 20, "20" or "20%".
std::optional<int64_t> read_percent(ConfigReader& reader, const ConfigEntry& entry) {
    if (const auto* number = entry.value.as<int64_t>()) return *number;
    const auto* written = entry.value.as<std::string>();
    if (written == nullptr) {
        reader.error(entry.value.where,
                     fmt::format("Trace destination sampling field {} should be an integer or "
                                 "a percentage, got {}",
                                 go_quote(entry.key), entry.value.type_name()));
        return std::nullopt;
    }
    std::string_view text = *written;
    if (text.ends_with('%')) text.remove_suffix(1);
    if (const auto number = parse_go_integer(text)) return *number;
    reader.error(entry.value.where,
                 fmt::format("Invalid trace destination sampling value {}", go_quote(*written)));
    return std::nullopt;
}

void read_sampling(ConfigReader& reader, const ConfigEntry& entry, AccountTraceOptions& trace) {
    const auto percent = read_percent(reader, entry);
    if (!percent) return;
    if (*percent >= 1 && *percent <= 100) {
        trace.sampling = static_cast<int>(*percent);
        return;
    }
    reader.error(entry.value.where,
                 fmt::format("Trace destination sampling value {} is invalid, needs to be [1..100]",
                             *percent));
}

void read_block(ConfigReader& reader, const std::string& name, const ConfigMap& map,
                AccountTraceOptions& trace, bool& sampling_given) {
    for (const ConfigEntry* part : map.in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        if (key == "dest") {
            if (const auto* subject = part->value.as<std::string>()) {
                read_destination(reader, part->value.where, *subject, trace);
            } else {
                reader.error(part->value.where,
                             fmt::format("Field {} should be a string, got {}", go_quote(part->key),
                                         part->value.type_name()));
            }
        } else if (key == "sampling") {
            sampling_given = true;
            read_sampling(reader, *part, trace);
        } else if (!part->used_as_variable) {
            reader.error(part->value.where,
                         fmt::format("Unknown field {} parsing account message trace "
                                     "map/struct {}",
                                     go_quote(part->key), go_quote(name)));
        }
    }
}

}  // namespace

std::optional<AccountTraceOptions> read_trace(ConfigReader& reader, const ConfigEntry& entry) {
    AccountTraceOptions trace;
    const size_t errors_before = reader.errors().size();
    bool sampling_given = false;
    if (const auto* subject = entry.value.as<std::string>()) {
        read_destination(reader, entry.value.where, *subject, trace);
    } else if (const auto* map = entry.value.as<ConfigMap>()) {
        read_block(reader, entry.key, *map, trace, sampling_given);
    } else {
        reader.error(entry.value.where,
                     fmt::format("Expected account message trace {} to be a string or a "
                                 "map/struct, got {}",
                                 go_quote(entry.key), entry.value.type_name()));
    }
    if (reader.errors().size() != errors_before) return std::nullopt;
    if (!trace.destination.empty()) return trace;
    if (sampling_given) {
        reader.error(entry.value.where,
                     "Trace destination sampling ignored since no destination was set");
    }
    return std::nullopt;
}

}  // namespace midge
