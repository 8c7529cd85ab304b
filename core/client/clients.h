#pragma once
// Access to the clients among the connections of event loops.
#include <functional>

#include "client/session.h"
#include "connection/loop_survey.h"

namespace midge {

// The connection as a client; null if it is none, or null itself.
[[nodiscard]] inline Session* as_client(Connection* connection) noexcept {
    return dynamic_cast<Session*>(connection);
}

// Runs `visit` for every client of the loop that is connected now. The loop's thread.
template <class Visit>
void for_each_client(EventLoop& loop, Visit visit) {
    for (Connection* const connection : loop.connections()) {
        if (Session* const session = as_client(connection)) visit(*session);
    }
}

// As visit_connections(), of clients.
inline void visit_clients(const EventLoops& loops,
                          std::function<void(EventLoop& loop, Session&)> visit, Task done) {
    visit_connections(
        loops,
        [visit = std::move(visit)](EventLoop& loop, Connection& connection) {
            if (Session* const session = as_client(&connection)) visit(loop, *session);
        },
        std::move(done));
}

}  // namespace midge
