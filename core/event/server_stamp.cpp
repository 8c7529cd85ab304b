#include "event/server_stamp.h"

#include <cassert>
#include <utility>

namespace midge {

ServerInfo ServerStamp::next() {
    const std::lock_guard lock(mutex_);
    advance();
    return server_;
}

ServerInfo ServerStamp::current() const {
    const std::lock_guard lock(mutex_);
    return server_;
}

void ServerStamp::replace(ServerInfo server) {
    assert(server.id == id_);
    const std::lock_guard lock(mutex_);
    server.seq = server_.seq;
    server_ = std::move(server);
}

void ServerStamp::advance() {
    ++server_.seq;
    server_.time = wall_now();
}

}  // namespace midge
