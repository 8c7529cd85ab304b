#pragma once
// Server sockets whose connections end at a deadline, however slowly their peers read and write.
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <chrono>

#include "base/result.h"

namespace midge::tools {

// Listens on `address`; every accepted connection fails with Poco::TimeoutException in whatever it
// does `lifetime` after it was first read or written, and earlier while others wait to be: once it
// has waited for its peer for patience_with_others in all, or patience_with_many. So peers that say
// nothing, or little at a time, cannot take all the threads for long. IPv6 sockets take IPv6 alone.
inline constexpr std::chrono::milliseconds patience_with_others{500};
inline constexpr std::chrono::milliseconds patience_with_many{100};
inline constexpr int many_waiting = 32;

[[nodiscard]] Result<Poco::Net::ServerSocket> listen_with_deadline(
    const Poco::Net::SocketAddress& address, std::chrono::milliseconds lifetime);

}  // namespace midge::tools
