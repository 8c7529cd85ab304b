#pragma once
// JSON for people: the text that Go's encoder makes with an indent, which scripts around nsc
// expect.
#include <Poco/Dynamic/Var.h>

#include <string>

namespace midge::tools {

// Members in the order of the object (sorted by name unless it keeps the order of insertion),
// `indent` blanks per level.
[[nodiscard]] std::string indented_json(const Poco::Dynamic::Var& value, unsigned indent);
// Without any white space.
[[nodiscard]] std::string compact_json(const Poco::Dynamic::Var& value);

}  // namespace midge::tools
