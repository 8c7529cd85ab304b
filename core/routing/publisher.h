#pragma once
// Who publishes a message.
#include <string>

namespace midge {

struct ClientInfo;
class RoomSource;

// A role that publishes (a client, later a link), as routing and imports see it. Called on the
// thread of its event loop, within the call that publishes.
class Publisher {
  public:
    // What it publishes goes to a receiver whose queue is nearly full: it is not read from for a
    // moment. The message under way is delivered.
    virtual void stall() = 0;
    // The same, until `receiver` has room or turns out to read no more.
    virtual void wait_for_room(RoomSource& receiver) = 0;
    // What a service of another account may know of the publisher; `shared`: everything.
    [[nodiscard]] virtual ClientInfo requestor_info(bool shared) const = 0;
    [[nodiscard]] virtual const std::string& server_name() const noexcept = 0;

  protected:
    ~Publisher() = default;
};

}  // namespace midge
