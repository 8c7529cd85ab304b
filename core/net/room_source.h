#pragma once
// Queues whose writers can wait for room in them.
#include <cstdint>

#include "base/ref.h"

namespace midge {

class OutboundOwner;

// A connection that waits for room, to go on with what it publishes.
struct RoomWaiter {
    OutboundOwner* owner = nullptr;  // the connection's event loop, told by on_room()
    uint64_t connection_id = 0;
    uint32_t number = 0;  // of the connection's waits
    bool operator==(const RoomWaiter&) const = default;
};

// Shared by whoever writes to it. Safe from any thread.
class RoomSource : public RefCounted {
  public:
    // Tells `waiter` when there is room again, or nobody reads the queue any more. False: there is
    // nothing to wait for.
    [[nodiscard]] virtual bool wait_for_room(const RoomWaiter& waiter) = 0;
    virtual void stop_waiting(const RoomWaiter& waiter) = 0;
    // Whether its reader is a peer, which may hang: waits for it count as stalls, and those who
    // wait call check_progress().
    [[nodiscard]] virtual bool may_hang() const noexcept = 0;
    // To be called ten times a second: ends the waits if the reader hangs.
    virtual void check_progress() = 0;
};

}  // namespace midge
