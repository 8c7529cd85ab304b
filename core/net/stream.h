#pragma once
// A connection of bytes: a plain socket, TLS, WebSocket or memory. The session does not see the
// difference.
#include <memory>

#include "net/reactor.h"
#include "net/socket.h"

namespace midge {

// read() is called on the owner's loop only; write() and close() by one thread at a time (under the
// lock of the session's Outbound). close() ends both directions; the Watch must be destroyed
// before. After close(), read() and write() return `closed`.
class Stream {
  public:
    virtual ~Stream() = default;
    [[nodiscard]] virtual IoResult read(char* data, size_t size) = 0;
    [[nodiscard]] virtual IoResult write(const IoSlice* slices, size_t count) = 0;
    virtual void close() noexcept = 0;
    // Returns no_socket for memory streams, and after close().
    [[nodiscard]] virtual SocketHandle socket() const noexcept = 0;
    // Starts the callbacks to `handler`, for any kind of stream. Reactor's thread.
    [[nodiscard]] virtual Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                              Interest interest) {
        return reactor.watch(socket(), handler, interest);
    }
    [[nodiscard]] virtual const PeerAddress& peer() const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<Stream> make_socket_stream(Accepted accepted);

}  // namespace midge
