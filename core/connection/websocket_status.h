#pragma once
#include "base/close_reason.h"
#include "websocket/websocket_stream.h"

namespace midge {

// What the closing frame of a WebSocket connection says (docs/protocol/transport.md, WebSocket).
[[nodiscard]] CloseStatus websocket_status(CloseReason reason) noexcept;

}  // namespace midge
