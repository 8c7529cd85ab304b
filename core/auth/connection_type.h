#pragma once
// The kinds of client connections, with the names of allowed_connection_types.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

enum class ConnectionType { standard, websocket, leafnode, leafnode_ws, mqtt, mqtt_ws, in_process };

// "STANDARD", "WEBSOCKET", ...
[[nodiscard]] std::string_view connection_type_text(ConnectionType type) noexcept;
// Ignores case. Returns no value for an unknown name.
[[nodiscard]] std::optional<ConnectionType> parse_connection_type(std::string_view text) noexcept;

// Fails if `allowed` does not allow `type`. An empty list allows every type. Unknown names are
// ignored, but a list with only unknown names allows nothing.
[[nodiscard]] Result<> check_connection_type(const std::vector<std::string>& allowed,
                                             ConnectionType type);

}  // namespace midge
