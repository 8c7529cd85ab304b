#include "config/read_permissions.h"

#include "base/text.h"
#include "base/white_space.h"
#include "base/wire_error.h"
#include "config/go_duration.h"
#include "subject/subject.h"

namespace midge {
namespace {

using Subjects = std::vector<std::string>;

// Checks "subject", or "subject queue" where that is allowed. Returns the error, if any.
std::optional<std::string> subject_error(const std::string& text, bool queue_allowed) {
    if (is_valid_subject(text)) return std::nullopt;
    const auto invalid = [](std::string_view subject) {
        return fmt::format("subject {} is not a valid subject", go_quote(subject));
    };
    if (!queue_allowed) return invalid(text);
    const auto parts = words(text);
    if (parts.size() != 2) return invalid(text);
    if (!is_valid_subject(parts[0])) return invalid(parts[0]);
    if (!is_valid_subject(parts[1]))
        return fmt::format("queue {} is not a valid queue", go_quote(parts[1]));
    return std::nullopt;
}

std::optional<Subjects> read_subjects(ConfigReader& reader, const ConfigValue& value,
                                      bool queue_allowed) {
    Subjects subjects;
    if (const auto* one = value.as<std::string>()) {
        subjects.push_back(*one);
    } else if (const auto* items = value.as<ConfigArray>()) {
        for (const ConfigValue& item : *items) {
            if (const auto* text = item.as<std::string>()) {
                subjects.push_back(*text);
                continue;
            }
            reader.error(item.where, "Subject in permissions array cannot be cast to string");
            return std::nullopt;
        }
    } else {
        reader.error(
            value.where,
            fmt::format(
                "Expected subject permissions to be a subject, or array of subjects, got {}",
                value.type_name()));
        return std::nullopt;
    }
    for (const std::string& subject : subjects) {
        if (const auto why = subject_error(subject, queue_allowed)) {
            reader.error(value.where, *why);
            return std::nullopt;
        }
    }
    return subjects;
}

SubjectRules read_rules(ConfigReader& reader, const ConfigValue& value, bool queue_allowed) {
    SubjectRules rules;
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) {
        rules.allow = read_subjects(reader, value, queue_allowed);
        return rules;
    }
    for (const ConfigEntry* entry : map->in_written_order()) {
        if (equals_ignore_case(entry->key, "allow")) {
            rules.allow = read_subjects(reader, entry->value, queue_allowed);
        } else if (equals_ignore_case(entry->key, "deny")) {
            if (auto deny = read_subjects(reader, entry->value, queue_allowed))
                rules.deny = std::move(*deny);
        } else if (!entry->used_as_variable) {
            reader.error(entry->value.where,
                         fmt::format("Unknown field name {} parsing subject permissions, only "
                                     "'allow' or 'deny' are "
                                     "permitted",
                                     go_quote(entry->key)));
        }
    }
    return rules;
}

void unknown_field(ConfigReader& reader, const ConfigEntry& entry) {
    if (entry.used_as_variable) return;
    reader.error(entry.value.where,
                 fmt::format("Unknown field {} parsing permissions", go_quote(entry.key)));
}

std::optional<ResponseRule> read_responses(ConfigReader& reader, const ConfigValue& value) {
    ResponseRule rule;
    if (const auto* flag = value.as<bool>()) return *flag ? std::optional(rule) : std::nullopt;
    const auto* map = value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(value.where,
                     "error parsing response permissions, expected a boolean or a map");
        return std::nullopt;
    }
    // Zero means the default for both.
    for (const ConfigEntry* entry : map->in_written_order()) {
        const std::string key = to_lower_ascii(entry->key);
        if (key == "max" || key == "max_msgs" || key == "max_messages" || key == "max_responses") {
            constexpr int64_t most = std::numeric_limits<int>::max();
            const auto messages = reader.integer(*entry, -most, most);
            if (messages.value_or(0) != 0) rule.max_messages = static_cast<int>(*messages);
        } else if (key == "expires" || key == "expiration" || key == "ttl") {
            const auto* text = entry->value.as<std::string>();
            if (text == nullptr) {
                reader.error(entry->value.where, "error parsing expires, not a duration string");
                continue;
            }
            const auto expires = parse_go_duration(*text);
            if (!expires) {
                reader.error(entry->value.where, "error parsing expires: " + expires.error().text);
            } else if (expires->count() != 0) {
                rule.expires = *expires;
            }
        } else {
            unknown_field(reader, *entry);
        }
    }
    return rule;
}

}  // namespace

std::optional<PermissionRules> read_permissions(ConfigReader& reader, const ConfigEntry& entry) {
    const auto* map = entry.value.as<ConfigMap>();
    if (map == nullptr) {
        reader.error(entry.value.where,
                     "Expected permissions to be a map/struct, got " + written_text(entry.value));
        return std::nullopt;
    }
    PermissionRules rules;
    for (const ConfigEntry* part : map->in_written_order()) {
        const std::string key = to_lower_ascii(part->key);
        if (key == "pub" || key == "publish" || key == "import") {
            rules.publish = read_rules(reader, part->value, false);
        } else if (key == "sub" || key == "subscribe" || key == "export") {
            rules.subscribe = read_rules(reader, part->value, true);
        } else if (key == "allow_responses" || key == "publish_allow_responses") {
            rules.responses = read_responses(reader, part->value);
        } else {
            unknown_field(reader, *part);
        }
    }
    // A user that may answer may publish nothing else, unless it has a publish list.
    if (rules.responses && !rules.publish.allow) rules.publish.allow.emplace();
    return rules;
}

}  // namespace midge
