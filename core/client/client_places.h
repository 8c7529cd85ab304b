#pragma once
// The places of one client among the connections of its address and of its user.
#include <chrono>
#include <memory>

#include "config/options.h"
#include "login/client_limits.h"

namespace midge {

class Connection;
struct LoginGrant;

// Holds nothing where no such limit is configured. The places are given back when it is destroyed.
// Owned by a session; its thread.
class ClientPlaces {
  public:
    // Whether the client has a place, so that its messages may be limited.
    [[nodiscard]] bool any() const noexcept { return places_ != nullptr; }
    // The address is known. False: the limit is reached, and `connection` is closed.
    [[nodiscard]] bool enter_from_address(Connection& connection, ClientLimits& limits);
    // The client has logged in. False: as above.
    [[nodiscard]] bool enter_as_user(Connection& connection, ClientLimits& limits,
                                     const LoginGrant& grant);
    // How long the client must be silent behind a message that it sends now; 0: not at all.
    // Requires: any().
    [[nodiscard]] std::chrono::milliseconds take_message(const ClientLimitOptions& options,
                                                         ClientLimits::Clock::time_point now) const;

  private:
    struct Places {
        ClientPlace address;
        ClientPlace user;
    };
    std::unique_ptr<Places> places_;
};

// Counts a failed login of the connection's address, which may be banned by that.
void note_failed_login(const Connection& connection, ClientLimits& limits);

}  // namespace midge
