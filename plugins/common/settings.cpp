#include "common/settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace midge {

Result<> check_known(const JsonObject& settings, std::string_view where,
                     std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : *settings) {
        const bool found =
            std::any_of(known.begin(), known.end(), [&, &name = key](std::string_view candidate) {
                return equals_ignore_case(candidate, name);
            });
        if (!found) {
            return fail(Errc::invalid,
                        fmt::format("unknown setting \"{}{}{}\", expected one of: {}", where,
                                    where.empty() ? "" : ".", key, fmt::join(known, ", ")));
        }
    }
    return {};
}

Result<JsonObject> parse_settings(std::string_view json,
                                  std::initializer_list<std::string_view> known) {
    auto settings = parse_json_object(json);
    if (!settings) return fail(Errc::invalid, "settings: " + settings.error().text);
    if (auto checked = check_known(*settings, "", known); !checked) return pass(checked);
    return settings;
}

Result<int64_t> int_setting(const JsonObject& settings, const std::string& key, int64_t fallback,
                            int64_t min, int64_t max) {
    auto value = json_int(settings, key, fallback);
    if (!value) return pass(value);
    if (*value < min || *value > max) {
        return fail(Errc::invalid,
                    fmt::format("\"{}\" is {}, expected {}..{}", key, *value, min, max));
    }
    return value;
}

Result<std::string> required_setting(const JsonObject& settings, const std::string& key) {
    auto value = json_string(settings, key);
    if (!value) return pass(value);
    if (value->empty()) return fail(Errc::invalid, fmt::format("\"{}\" is missing", key));
    return value;
}

}  // namespace midge
