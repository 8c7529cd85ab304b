#include "client/client_role.h"

#include "client/session.h"

namespace midge {

std::unique_ptr<Connection> ClientRole::connect(EventLoop& loop, uint64_t id,
                                                std::unique_ptr<Stream> stream,
                                                ListenerIndex listener) const {
    return std::make_unique<Session>(loop, id, std::move(stream), listener);
}

const ClientRole& client_role(const Connection& connection) noexcept {
    return static_cast<const ClientRole&>(*connection.listener().role);
}

}  // namespace midge
