#pragma once
// Values that are neither block nor list: as text with a kind, and what they stand for.
#include <string>

#include "base/result.h"
#include "config/config_value.h"

namespace midge {

struct ConfigScalar {
    enum class Kind { text, boolean, integer, real, date, variable };
    Kind kind = Kind::text;
    std::string text;  // escapes resolved; a variable's name without '$'
    int line = 0;      // where it ends
    int column = 0;
    size_t begin = 0;  // offset of its first character, a quote among them
};

// The value of any scalar but a variable: "64MB" -> 67108864. Fails on what is out of range or no
// calendar date.
[[nodiscard]] Result<ConfigData> scalar_data(const ConfigScalar& scalar);

}  // namespace midge
