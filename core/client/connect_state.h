#pragma once
// What the CONNECT commands of a client have said.
#include <memory>
#include <optional>
#include <string_view>

#include "base/close_reason.h"
#include "base/wire_error.h"
#include "client/client_profile.h"
#include "protocol/connect.h"

namespace midge {

class Connection;

// Owned by a session; its thread.
struct ConnectState {
    // The options that the next CONNECT changes: the defaults, or those of the one before.
    // `name`: the client's name, which its Outbound keeps.
    [[nodiscard]] ConnectOptions so_far(const std::string& name) const;
    // `header_support`: whether the server has it on. `by_jwt`: accounts come from JWTs.
    void keep(const ConnectOptions& connect, bool header_support, bool by_jwt);
    // What a client that may log in has asked for and cannot have.
    struct Refusal {
        WireError error;
        CloseReason reason;
    };
    [[nodiscard]] std::optional<Refusal> refusal() const;
    // Whether the client reads further INFOs.
    [[nodiscard]] bool takes_infos() const noexcept;

    bool verbose = true, pedantic = true, echo = true, headers = false, no_responders = false;
    int protocol = 0;
    std::unique_ptr<ClientProfile> profile;  // null before CONNECT
};

// +OK, if the client wants it.
void send_wanted_ok(Connection& connection);
inline void send_ok(Connection& connection, const ConnectState& connect) {
    if (connect.verbose) send_wanted_ok(connection);
}

}  // namespace midge
