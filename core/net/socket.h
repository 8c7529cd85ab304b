#pragma once
// The socket calls of the operating system, non-blocking (socket_linux.cpp, socket_windows.cpp).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

using SocketHandle = intptr_t;  // int on POSIX, SOCKET on Windows
inline constexpr SocketHandle no_socket = -1;

struct IoSlice {
    const char* data;
    size_t size;
};
inline constexpr size_t io_slices_max = 256;  // per gathered write

struct IoResult {
    enum class Kind : uint8_t { done, would_block, closed, failed };
    Kind kind = Kind::done;
    size_t bytes = 0;  // moved; only with `done`
    int os_error = 0;  // only with `failed`
};

struct PeerAddress {
    std::string ip;  // "127.0.0.1", "::1" (IPv4-mapped addresses as IPv4)
    uint16_t port = 0;
};

// Bytes may be fewer than asked for; `size` is at least 1. `closed`: the peer has shut down its
// side.
[[nodiscard]] IoResult socket_read(SocketHandle socket, char* data, size_t size) noexcept;
// Gathers the first io_slices_max slices, empty ones allowed; bytes may be fewer than given. Never
// raises a signal. `closed`: the peer takes no more.
[[nodiscard]] IoResult socket_write(SocketHandle socket, const IoSlice* slices,
                                    size_t count) noexcept;
// Bytes that were written and that the peer's system has not acknowledged; nothing where the system
// does not tell, or for no_socket.
[[nodiscard]] std::optional<size_t> socket_unacknowledged(SocketHandle socket) noexcept;
void socket_close(SocketHandle socket) noexcept;
// As Go prints it: "connection reset by peer".
[[nodiscard]] std::string os_error_text(int os_error);

// Binds and listens on `host`:`port` (port 0: any free). `host` is an address or a name (its first
// IPv4 address, else its first one); "0.0.0.0" and "::" are every address of both
// families. Name look-ups may block. The error text is nats-server's: "listen tcp 127.0.0.1:4222:
// bind: address already in use".
[[nodiscard]] Result<SocketHandle> socket_listen(const std::string& host, int port);
[[nodiscard]] uint16_t socket_local_port(SocketHandle socket) noexcept;
// Begins to connect; non-blocking, no delay. The socket is writable when the connection is there or
// has failed, which socket_error() tells then. Fails at once as with "dial tcp 192.0.2.1:4222:
// connect: network is unreachable", and with Errc::invalid if `to.ip` is no numeric address.
[[nodiscard]] Result<SocketHandle> socket_connect(const PeerAddress& to);
// The system's number of an error that happened meanwhile; 0: none.
[[nodiscard]] int socket_error(SocketHandle socket) noexcept;
// The numeric addresses of a host, in the order in which they should be tried; at least one.
// Blocks, perhaps for many seconds. Fails with "lookup example: no such host".
[[nodiscard]] Result<std::vector<std::string>> look_up_host(const std::string& host);
struct Accepted {
    SocketHandle socket = no_socket;  // non-blocking, no delay
    PeerAddress peer;
};
// kind `would_block` when nobody waits; `failed` e.g. with too many open files.
[[nodiscard]] IoResult socket_accept(SocketHandle listener, Accepted& out);

}  // namespace midge
