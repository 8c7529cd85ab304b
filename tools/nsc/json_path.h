#pragma once
#include <Poco/Dynamic/Var.h>

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace midge::tools {

// The value at "nats.limits.conn" or "nats.exports[0].name" as compact JSON; a missing member is
// "null". Fails on a path that goes into something that is neither object nor array, and on an
// index that is out of bounds.
[[nodiscard]] Result<std::string> json_at_path(const JsonObject& object, std::string_view path);

}  // namespace midge::tools
