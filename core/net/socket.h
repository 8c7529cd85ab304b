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

// May read fewer bytes than `size`, which is at least 1. `closed`: the peer has shut down its side.
[[nodiscard]] IoResult socket_read(SocketHandle socket, char* data, size_t size) noexcept;
// Writes the first io_slices_max slices, which may be empty; may write fewer bytes than given.
// Never raises a signal. `closed`: the peer accepts no more bytes.
[[nodiscard]] IoResult socket_write(SocketHandle socket, const IoSlice* slices,
                                    size_t count) noexcept;
// Returns the number of written bytes that the peer's system has not acknowledged. No value if the
// system does not tell, or for no_socket.
[[nodiscard]] std::optional<size_t> socket_unacknowledged(SocketHandle socket) noexcept;
void socket_close(SocketHandle socket) noexcept;
// Returns the text of an error as Go prints it: "connection reset by peer".
[[nodiscard]] std::string os_error_text(int os_error);

// Binds and listens on `host`:`port` (port 0: any free port). `host` is an address or a name (its
// first IPv4 address, or else its first address); "0.0.0.0" and "::" mean every address of both
// families. Looking up a name may block. Errors have nats-server's text: "listen tcp
// 127.0.0.1:4222: bind: address already in use".
[[nodiscard]] Result<SocketHandle> socket_listen(const std::string& host, int port);
[[nodiscard]] uint16_t socket_local_port(SocketHandle socket) noexcept;
// Starts to connect; the socket is non-blocking and has TCP_NODELAY. It becomes writable when it is
// connected or has failed; then socket_error() returns which. May fail at once, for example with
// "dial tcp 192.0.2.1:4222: connect: network is unreachable", and fails with Errc::invalid if
// `to.ip` is not a numeric address.
[[nodiscard]] Result<SocketHandle> socket_connect(const PeerAddress& to);
// Returns the system's number of a pending error of the socket, or 0.
[[nodiscard]] int socket_error(SocketHandle socket) noexcept;
// Returns the numeric addresses of a host, at least one, in the order in which they should be
// tried. Blocks, possibly for many seconds. Fails with "lookup example: no such host".
[[nodiscard]] Result<std::vector<std::string>> look_up_host(const std::string& host);
struct Accepted {
    SocketHandle socket = no_socket;  // non-blocking, with TCP_NODELAY
    PeerAddress peer;
};
// Accepts one connection. `would_block`: no connection waits. `failed`: for example, too many open
// files.
[[nodiscard]] IoResult socket_accept(SocketHandle listener, Accepted& out);

}  // namespace midge
