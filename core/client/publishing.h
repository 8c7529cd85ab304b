#pragma once
// What a client and the log are told about messages that it publishes.
#include <string>

#include "client/client_state.h"

namespace midge {

class Connection;

// A message may not be published. Reports it, and gives the line that the client gets.
std::string refuse_publish(Connection& connection, ClientState& client, PublishVerdict verdict,
                           const PublishCommand& command);
// The command as the trace of the log shows it.
void trace_publish(const Connection& connection, const PublishCommand& command);

}  // namespace midge
