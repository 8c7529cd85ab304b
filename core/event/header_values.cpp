#include "event/header_values.h"

namespace midge {

void write_json(JsonWriter& out, const HeaderValues& headers) {
    out.begin_object();
    for (const auto& [name, values] : headers) {
        out.key(name).begin_array();
        for (const std::string& value : values) out.value(value);
        out.end_array();
    }
    out.end_object();
}

}  // namespace midge
