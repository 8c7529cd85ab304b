#pragma once
// Server sockets whose connections end at a deadline, however slowly their peers read and write.
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <chrono>

#include "base/result.h"

namespace midge::tools {

// Listens on `address`. The functions of an accepted connection fail with Poco::TimeoutException
// when `lifetime` has passed since its first use. They fail earlier if other connections wait for a
// thread: when the connection has waited for its peer for patience_with_others in total, or for
// patience_with_many if there are many. Thus silent or slow peers cannot occupy all threads for
// long. IPv6 sockets accept only IPv6.
inline constexpr std::chrono::milliseconds patience_with_others{500};
inline constexpr std::chrono::milliseconds patience_with_many{100};
inline constexpr int many_waiting = 32;

[[nodiscard]] Result<Poco::Net::ServerSocket> listen_with_deadline(
    const Poco::Net::SocketAddress& address, std::chrono::milliseconds lifetime);

}  // namespace midge::tools
