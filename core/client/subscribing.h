#pragma once
// SUB and UNSUB of a client, and its subscriptions when its permissions change
// (docs/protocol/client-protocol.md, Commands, Delivery).
#include <cstdint>
#include <memory>
#include <string_view>

#include "client/client_state.h"

namespace midge {

class Connection;

// False: it is refused, and the client and the log have been told why.
bool subscribe(Connection& connection, ClientState& client, const SubscribeCommand& command);
// Ends the subscription `sid` after `max` deliveries in all; 0: at once.
void unsubscribe(ClientState& client, std::string_view sid, int64_t max);
// From now on the client has `permissions` (null: all). Subscriptions that are not allowed any more
// end, and the client is told; the others go on.
void change_permissions(Connection& connection, ClientState& client,
                        std::shared_ptr<const Permissions> permissions);

}  // namespace midge
