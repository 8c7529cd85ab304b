#pragma once
// Reads JSON objects with known fields, as nats-server reads JSON into its structures.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace midge {

// Types of values that are only checked. Errors call them as nats-server's log does.
enum class JsonType : uint8_t {
    boolean,
    string,
    int_64,
    int_32,
    uint_64,
    uint_8,
    strings,
    bytes,
    permission
};

struct JsonField {
    std::string_view name;  // in lower case
    std::variant<bool*, std::string*, int64_t*, JsonType> target;
};

// Reads the members of one JSON object into the targets of the fields; errors call the object
// `type`. Names match in any case, the last of several members with the same name counts, and
// members without a field and null change nothing. Fails on text that is not JSON, and on a value
// with another type than its field; members before the error may have been read. Errors have the
// text of nats-server's log and show no text of a string.
[[nodiscard]] Result<> read_json_fields(std::string_view text, std::string_view type,
                                        std::span<const JsonField> fields);

}  // namespace midge
