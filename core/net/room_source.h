#pragma once
// Queues whose writers can wait for room.
#include <cstdint>

#include "base/ref.h"

namespace midge {

class OutboundOwner;

// A connection that waits for room before it reads more commands.
struct RoomWaiter {
    OutboundOwner* owner = nullptr;  // the connection's event loop, whose on_room() is called
    uint64_t connection_id = 0;
    uint32_t number = 0;  // the number of the wait within the connection
    bool operator==(const RoomWaiter&) const = default;
};

// Shared by its writers. Usable from any thread.
class RoomSource : public RefCounted {
  public:
    // Notifies `waiter` when there is room again, or when nobody reads the queue any more. Returns
    // false if there is no reason to wait.
    [[nodiscard]] virtual bool wait_for_room(const RoomWaiter& waiter) = 0;
    virtual void stop_waiting(const RoomWaiter& waiter) = 0;
    // Whether the reader is a peer, which may hang. If so, waits count as stalls, and waiting
    // connections must call check_progress().
    [[nodiscard]] virtual bool may_hang() const noexcept = 0;
    // Ends the waits if the reader hangs. Requires: a waiting connection calls it ten times a
    // second.
    virtual void check_progress() = 0;
};

}  // namespace midge
