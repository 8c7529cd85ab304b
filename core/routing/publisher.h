#pragma once
// The interface of publishers of messages.
#include <string>

namespace midge {

struct ClientInfo;
class RoomSource;

// A role that publishes (a client, later a link), as routing and imports see it. Functions are
// called on the thread of its event loop, within the call that publishes.
class Publisher {
  public:
    // Pauses reading from the publisher for a moment, because a receiver's queue is nearly full.
    // The current message is delivered.
    virtual void stall() = 0;
    // Pauses reading from the publisher until `receiver` has room, or turns out not to read any
    // more.
    virtual void wait_for_room(RoomSource& receiver) = 0;
    // Returns the information about the publisher that a service of another account may see;
    // `shared`: all of it.
    [[nodiscard]] virtual ClientInfo requestor_info(bool shared) const = 0;
    [[nodiscard]] virtual const std::string& server_name() const noexcept = 0;

  protected:
    ~Publisher() = default;
};

}  // namespace midge
