#pragma once
// A configuration tree as JSON: for plugins, and to tell two configurations apart.
#include <string>

#include "base/json_writer.h"
#include "config/config_value.h"

namespace midge {

// Members sorted by key, dates as texts.
void write_json(JsonWriter& json, const ConfigMap& map);
void write_json(JsonWriter& json, const ConfigValue& value);

// "sha256:<hex>" of the tree's JSON; equal to nats-server's digest of the same file.
[[nodiscard]] std::string config_digest(const ConfigMap& root);

}  // namespace midge
