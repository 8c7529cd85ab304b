#pragma once
// Forward declarations of the JSON DOM, without its large headers. Only for declarations that take
// references: code that creates, copies or destroys such a pointer without including base/json.h
// deletes an incomplete class, and the compiler does not say so.
#include <Poco/SharedPtr.h>

namespace Poco::JSON {
class Array;
class Object;
}  // namespace Poco::JSON

namespace midge {

using JsonObject = Poco::SharedPtr<Poco::JSON::Object>;
using JsonArray = Poco::SharedPtr<Poco::JSON::Array>;

}  // namespace midge
