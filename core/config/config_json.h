#pragma once
// A configuration tree as JSON, for plugins and to compare configurations.
#include <string>

#include "base/json_writer.h"
#include "config/config_value.h"

namespace midge {

// Members are sorted by key; dates are texts.
void write_json(JsonWriter& json, const ConfigMap& map);
void write_json(JsonWriter& json, const ConfigValue& value);

// Returns "sha256:<hex>" of the tree's JSON, which equals nats-server's digest of the same file.
[[nodiscard]] std::string config_digest(const ConfigMap& root);

}  // namespace midge
