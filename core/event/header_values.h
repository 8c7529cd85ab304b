#pragma once
// Headers of a message as events show them: {"Name":["value",...],...}.
#include <map>
#include <string>
#include <vector>

#include "base/json_writer.h"

namespace midge {

using HeaderValues = std::map<std::string, std::vector<std::string>>;

void write_json(JsonWriter& out, const HeaderValues& headers);

}  // namespace midge
