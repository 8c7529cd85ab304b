#pragma once
// Names of the JSON DOM without its headers, which are heavy; base/json.h has the rest. Only for
// declarations that take references: whoever makes, copies or destroys such a pointer without
// base/json.h deletes an incomplete class, silently.
#include <Poco/SharedPtr.h>

namespace Poco::JSON {
class Array;
class Object;
}  // namespace Poco::JSON

namespace midge {

using JsonObject = Poco::SharedPtr<Poco::JSON::Object>;
using JsonArray = Poco::SharedPtr<Poco::JSON::Array>;

}  // namespace midge
