#pragma once
// One byte connection, plain or TLS; the session cannot tell which. A memory stream needs
// no socket.
#include <memory>

#include "net/reactor.h"
#include "net/socket.h"

namespace midge {

// read() is called on the owner's loop only; write() and close() by one thread at a time (the
// session's outbound lock). close() ends both directions, after the Watch is gone; afterwards
// read() and write() give `closed`.
class Stream {
  public:
    virtual ~Stream() = default;
    [[nodiscard]] virtual IoResult read(char* data, size_t size) = 0;
    [[nodiscard]] virtual IoResult write(const IoSlice* slices, size_t count) = 0;
    virtual void close() noexcept = 0;
    // no_socket for memory streams, and after close().
    [[nodiscard]] virtual SocketHandle socket() const noexcept = 0;
    // Starts the callbacks to `handler`, whatever kind of stream this is. Reactor's thread.
    [[nodiscard]] virtual Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                              Interest interest) {
        return reactor.watch(socket(), handler, interest);
    }
    [[nodiscard]] virtual const PeerAddress& peer() const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<Stream> make_socket_stream(Accepted accepted);

}  // namespace midge
