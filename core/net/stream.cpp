#include "net/stream.h"

#include <utility>

namespace midge {
namespace {

class SocketStream final : public Stream {
  public:
    explicit SocketStream(Accepted accepted)
        : socket_(accepted.socket), peer_(std::move(accepted.peer)) {}
    ~SocketStream() override { close(); }
    SocketStream(const SocketStream&) = delete;
    SocketStream& operator=(const SocketStream&) = delete;

    IoResult read(char* data, size_t size) override {
        if (socket_ == no_socket) return {.kind = IoResult::Kind::closed};
        return socket_read(socket_, data, size);
    }
    IoResult write(const IoSlice* slices, size_t count) override {
        if (socket_ == no_socket) return {.kind = IoResult::Kind::closed};
        return socket_write(socket_, slices, count);
    }
    void close() noexcept override {
        if (socket_ != no_socket) socket_close(std::exchange(socket_, no_socket));
    }
    SocketHandle socket() const noexcept override { return socket_; }
    const PeerAddress& peer() const noexcept override { return peer_; }

  private:
    SocketHandle socket_;
    const PeerAddress peer_;
};

}  // namespace

std::unique_ptr<Stream> make_socket_stream(Accepted accepted) {
    return std::make_unique<SocketStream>(std::move(accepted));
}

}  // namespace midge
