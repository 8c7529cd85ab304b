#pragma once
// JSON for people, in the format of Go's encoder with an indent, which scripts for nsc expect.
#include <Poco/Dynamic/Var.h>

#include <string>

namespace midge::tools {

// Members are in the order of the object (sorted by name unless it preserves the order of
// insertion), with `indent` blanks for each level.
[[nodiscard]] std::string indented_json(const Poco::Dynamic::Var& value, unsigned indent);
// Returns JSON without white space.
[[nodiscard]] std::string compact_json(const Poco::Dynamic::Var& value);

}  // namespace midge::tools
