#pragma once
// WebSocket as a client, written from RFC 6455 and 7692, and without core/websocket, which it
// tests.
#include "wire/runner/connection.h"

namespace midge::wire {

// Asks the server at the other end of `raw` for the upgrade. With `compression`, also asks for
// compression, and compresses the sent messages if the server agrees. A refusal looks like a
// connection that the peer has closed. Each send() is one frame.
[[nodiscard]] std::unique_ptr<Connection> start_websocket(std::unique_ptr<Connection> raw,
                                                          bool compression);

}  // namespace midge::wire
