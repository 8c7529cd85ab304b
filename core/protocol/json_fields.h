#pragma once
// Objects of known fields, read from JSON as nats-server reads them into its structures.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace midge {

// Of values that are checked and not kept; they are called as nats-server's log calls them.
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

// Reads the members of one JSON object, which is called `type` in errors, into the fields' targets.
// Names are taken in any case, of the same name twice the last one counts, members without a field
// and null change nothing. Fails on what is not JSON, and on a value of another type than its
// field's; what comes before it may have been read by then. Errors are in the words of
// nats-server's log; they show no text of a string.
[[nodiscard]] Result<> read_json_fields(std::string_view text, std::string_view type,
                                        std::span<const JsonField> fields);

}  // namespace midge
