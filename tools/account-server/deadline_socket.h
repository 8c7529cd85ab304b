#pragma once
// Server sockets whose connections end at a deadline, however slowly their peers read and write.
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <chrono>

#include "base/result.h"

namespace midge::tools {

// Listens on `address`; every accepted connection fails with Poco::TimeoutException in whatever it
// does `lifetime` after it was first read or written. IPv6 sockets take IPv6 alone.
[[nodiscard]] Result<Poco::Net::ServerSocket> listen_with_deadline(
    const Poco::Net::SocketAddress& address, std::chrono::milliseconds lifetime);

}  // namespace midge::tools
