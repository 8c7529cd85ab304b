#pragma once
// The role of the peers of a listener: clients, links between servers, or another protocol.
#include <cstdint>
#include <memory>

#include "net/stream.h"

namespace midge {

class Connection;
class EventLoop;

// Index into Settings::listeners.
using ListenerIndex = uint16_t;

// Makes the connections of a listener, and keeps what they have in common. Immutable; a reload
// replaces it. Safe from any thread.
class Role {
  public:
    virtual ~Role() = default;
    // Makes the connection of a peer that has connected to `listener`, or that the server has
    // dialled. Called on the thread of `loop`, which owns the result.
    [[nodiscard]] virtual std::unique_ptr<Connection> connect(EventLoop& loop, uint64_t id,
                                                              std::unique_ptr<Stream> stream,
                                                              ListenerIndex listener) const = 0;
    // A connection of this role, or of a role that it replaced at a reload, has closed. Called on
    // the thread of the connection's loop.
    virtual void closed(uint64_t /*id*/) const {}
};

}  // namespace midge
