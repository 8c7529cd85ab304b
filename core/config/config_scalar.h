#pragma once
// Values that are neither blocks nor lists: their text, their kind, and their meaning.
#include <string>

#include "base/result.h"
#include "config/config_value.h"

namespace midge {

struct ConfigScalar {
    enum class Kind { text, boolean, integer, real, date, variable };
    Kind kind = Kind::text;
    std::string text;  // without escapes; a variable's name without '$'
    int line = 0;      // line of its end
    int column = 0;
    size_t begin = 0;  // offset of its first character, which may be a quote
};

// Converts a scalar that is not a variable: "64MB" -> 67108864. Fails if it is out of range or is
// not a calendar date.
[[nodiscard]] Result<ConfigData> scalar_data(const ConfigScalar& scalar);

}  // namespace midge
