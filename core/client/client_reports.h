#pragma once
// Security events about a client (docs/protocol/system-events.md, Security events).
#include <string_view>

#include "base/close_reason.h"
#include "base/result.h"
#include "client/client_state.h"
#include "event/security_events.h"

namespace midge {

class Connection;

// A login has failed; `why` is the reason that the log has.
void report_login_refused(const Connection& connection, const ClientState& client,
                          CloseReason reason, const Error& why);
// The client may not use that subject. `operation`: "publish", "reply" or "subscribe". A client
// that tries again and again causes one event in a second; the next one says how many were left
// out.
void report_denied(const Connection& connection, ClientState& client, std::string_view operation,
                   std::string_view subject, std::string_view queue);
// The client does not read; its messages and subscriptions are still there.
void report_slow_consumer(const Connection& connection, const ClientState& client,
                          CloseReason reason);
// The connection has ended for another reason that concerns security.
void report_closed(const Connection& connection, const ClientState& client, CloseReason reason);
// No login from that address is possible for a while.
void report_banned(const Connection& connection, int failed_logins_max,
                   std::chrono::milliseconds duration);

}  // namespace midge
