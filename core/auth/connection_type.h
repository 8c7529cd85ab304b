#pragma once
// How a client is connected, as allowed_connection_types name it.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

enum class ConnectionType { standard, websocket, leafnode, leafnode_ws, mqtt, mqtt_ws, in_process };

// "STANDARD", "WEBSOCKET", ...
[[nodiscard]] std::string_view connection_type_text(ConnectionType type) noexcept;
// Any case; nothing for an unknown name.
[[nodiscard]] std::optional<ConnectionType> parse_connection_type(std::string_view text) noexcept;

// Whether `allowed` lets `type` in: an empty list does; unknown names are skipped, but a list of
// nothing else refuses.
[[nodiscard]] Result<> check_connection_type(const std::vector<std::string>& allowed,
                                             ConnectionType type);

}  // namespace midge
