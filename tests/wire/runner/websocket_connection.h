#pragma once
// WebSocket's client side, written from RFC 6455 and 7692 and not with core/websocket, which it
// tests.
#include "wire/runner/connection.h"

namespace midge::wire {

// Asks the server at the other end of `raw` for the upgrade; with `compression` for that too, and
// compresses what it sends if the server agrees. A refusal is a connection that the peer has
// closed. Each send() is a frame.
[[nodiscard]] std::unique_ptr<Connection> start_websocket(std::unique_ptr<Connection> raw,
                                                          bool compression);

}  // namespace midge::wire
