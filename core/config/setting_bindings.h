#pragma once
// Connects a row of the options table with a field of Options: a type for people, a reader, and the
// value as text.
#include <limits>

#include "base/clock.h"
#include "config/config_reader.h"
#include "config/options_table.h"

namespace midge {

// `Access` is a function object that takes Options& or const Options& and returns a reference to
// the field.

template <class Access>
Setting flag(Access access) {
    Setting row;
    row.type = "true or false";
    row.read = [access](ConfigReader& reader, const ConfigEntry& entry, Options& options) {
        if (const auto value = reader.flag(entry.value)) access(options) = *value;
    };
    row.show = [access](const Options& options) { return access(options) ? "true" : "false"; };
    return row;
}

template <class Access>
Setting text(Access access) {
    Setting row;
    row.type = "text";
    row.read = [access](ConfigReader& reader, const ConfigEntry& entry, Options& options) {
        if (auto value = reader.text(entry.value)) access(options) = std::move(*value);
    };
    row.show = [access](const Options& options) -> std::string { return access(options); };
    return row;
}

// With `zero_is_default`, zero means the default, as for nats-server's settings that are not given.
struct Bounds {
    int64_t least = 0;
    int64_t most = std::numeric_limits<int>::max();
    bool zero_is_default = false;
};

template <class Access>
Setting number(Access access, Bounds bounds, std::string_view unit = "number") {
    Setting row;
    row.type = fmt::format("{}, {}..{}", unit, bounds.least, bounds.most);
    row.read = [access, bounds](ConfigReader& reader, const ConfigEntry& entry, Options& options) {
        const auto value = reader.integer(entry, bounds.least, bounds.most);
        if (!value) return;
        auto& field = access(options);
        if (*value == 0 && bounds.zero_is_default) {
            const Options defaults;
            field = access(defaults);
        } else {
            field = static_cast<std::remove_reference_t<decltype(field)>>(*value);
        }
    };
    row.show = [access](const Options& options) { return fmt::format("{}", access(options)); };
    return row;
}

template <class Access>
Setting size(Access access, Bounds bounds) {
    return number(access, bounds, "size in bytes");
}

// At least a millisecond; zero means the default.
template <class Access>
Setting duration(Access access) {
    Setting row;
    row.type = "duration";
    row.read = [access](ConfigReader& reader, const ConfigEntry& entry, Options& options) {
        const auto value = reader.duration(entry);
        if (!value) return;
        if (value->count() < 0) {
            reader.own_error(entry.value.where,
                             fmt::format("{} is {}, expected a positive duration", entry.key,
                                         go_duration(value->count())));
            return;
        }
        const Options defaults;
        access(options) = value->count() == 0
                              ? access(defaults)
                              : std::chrono::ceil<std::chrono::milliseconds>(*value);
    };
    row.show = [access](const Options& options) {
        return go_duration(std::chrono::nanoseconds(access(options)).count());
    };
    return row;
}

// A block or list with its own reader.
template <class Read>
Setting block(std::string type, Read read, std::function<std::string(const Options&)> show = {}) {
    Setting row;
    row.type = std::move(type);
    row.read = read;
    row.show = std::move(show);
    return row;
}

// A setting in a block; the block's reader reads it.
inline Setting inner(std::string type, std::function<std::string(const Options&)> show = {}) {
    Setting row;
    row.type = std::move(type);
    row.show = std::move(show);
    return row;
}

}  // namespace midge
