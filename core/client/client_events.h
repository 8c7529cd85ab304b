#pragma once
// The system events about a client, and its INFOs.
#include "base/close_reason.h"
#include "base/result.h"
#include "client/client_state.h"
#include "event/events.h"

namespace midge {

class Connection;

// As it is shown in events and to services.
[[nodiscard]] ClientInfo client_info(const Connection& connection, const ClientState& client);
// The client has logged in.
void publish_connect(const Connection& connection, const ClientState& client);
// The connection has ended.
void publish_disconnect(const Connection& connection, const ClientState& client,
                        CloseReason reason);
// A login has failed. A service that was asked decides about whose event it is: then its account
// gets it, with the reason, and not the client's.
void publish_auth_error(const Connection& connection, const ClientState& client, const Error& why,
                        const LoginCase& how);

// The INFO with which the server begins. `nonce` to be signed by the client; may be empty.
void send_first_info(Connection& connection, const std::string& nonce);
// An INFO that tells the client its account and limits. Requires: it has logged in.
void send_connect_info(Connection& connection, const ClientState& client);
// An INFO which says that the server is about to stop.
void send_lame_duck_info(Connection& connection);

}  // namespace midge
