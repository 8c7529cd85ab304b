#pragma once
#include <Poco/Dynamic/Var.h>

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace midge::tools {

// Returns the value at "nats.limits.conn" or "nats.exports[0].name" as compact JSON, or "null" for
// a missing member. Fails if the path goes into a value that is neither object nor array, or if an
// index is out of range.
[[nodiscard]] Result<std::string> json_at_path(const JsonObject& object, std::string_view path);

}  // namespace midge::tools
