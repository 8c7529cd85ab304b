#pragma once
// What a listener's peers are to the server.
#include <cstdint>
#include <memory>

#include "net/stream.h"

namespace midge {

class Connection;
class EventLoop;

// Which of Settings::listeners.
using ListenerIndex = uint16_t;

// Makes the connections of a listener, and keeps what they have in common: clients are one role;
// links between servers and other protocols are others. Immutable; a reload replaces it. Safe from
// any thread.
class Role {
  public:
    virtual ~Role() = default;
    // The connection of a peer that came by that listener, or that the server has dialled. The
    // thread of `loop`, which owns the result.
    [[nodiscard]] virtual std::unique_ptr<Connection> connect(EventLoop& loop, uint64_t id,
                                                              std::unique_ptr<Stream> stream,
                                                              ListenerIndex listener) const = 0;
    // A connection has closed that this role made, or one before it that a reload replaced. The
    // loop's thread.
    virtual void closed(uint64_t /*id*/) const {}
};

}  // namespace midge
