#pragma once
// What the broker does to all clients of all event loops.
#include <cstddef>
#include <functional>
#include <string>

#include "account/account.h"
#include "base/close_reason.h"
#include "base/log.h"
#include "base/wire_error.h"
#include "connection/connection_counts.h"
#include "connection/loop_survey.h"

namespace midge {

class Session;

// Owned by the broker; outlives the event loops. Every function returns at once: each client is
// reached by a later task of its loop. Any thread, once the loops exist.
class ConnectedClients {
  public:
    ConnectedClients(const EventLoops& loops, const ConnectionCounts& counts, Logger& log)
        : loops_(loops), counts_(counts), log_(log) {}

    // `account`: its key or name.
    void close_all_of(const std::string& account, WireError error, CloseReason reason) const;
    // Has the clients of the account adapt to its claims and imports as they are now.
    void renew_claims_of(Account& account) const;
    // Closes the newest clients that are beyond the limit; 0 or less: no client is allowed.
    void close_surplus(int connections_max) const;
    // Closes the newest clients that are beyond the limit of the account.
    void close_surplus_of(Account& account) const;

  private:
    // Runs `function` for every client, each on its loop's thread.
    void for_each(const std::function<void(Session&)>& function) const;
    // Closes the newest clients, whichever loops they are on, so that `kept` remain of those that
    // `counts` is true of; it is called on their loops' threads. Then `closed` hears how many went.
    void close_newest(size_t kept, std::function<bool(const Session&)> counts, WireError error,
                      CloseReason reason, std::function<void(size_t)> closed = {}) const;

    const EventLoops& loops_;
    const ConnectionCounts& counts_;
    Logger& log_;
};

}  // namespace midge
