#pragma once
// Two connected streams without a socket, for tests and for programs that embed the broker.
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include "net/stream.h"

namespace midge {

// One end of a pair. Each end has its own owner and thread; the functions of an end may be called
// from any thread. Requires: an end that is watched is closed or destroyed before its reactor.
//
// The Watch of an end behaves like that of a socket, with one difference: after a write() that did
// not take all bytes, on_writable is called only once, as soon as there is room.
class MemoryStream final : public Stream {
  public:
    static constexpr size_t capacity_default = 1024 * 1024;
    static constexpr size_t no_limit = std::numeric_limits<size_t>::max();
    using Pair = std::pair<std::unique_ptr<MemoryStream>, std::unique_ptr<MemoryStream>>;

    // `capacity`: the number of unread bytes that each end accepts from its peer.
    [[nodiscard]] static Pair make_pair(size_t capacity = capacity_default);
    ~MemoryStream() override;
    MemoryStream(const MemoryStream&) = delete;
    MemoryStream& operator=(const MemoryStream&) = delete;

    // Bytes written before the peer closed can still be read.
    [[nodiscard]] IoResult read(char* data, size_t size) override;
    [[nodiscard]] IoResult write(const IoSlice* slices, size_t count) override;
    void close() noexcept override;
    [[nodiscard]] SocketHandle socket() const noexcept override { return no_socket; }
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return peer_; }
    [[nodiscard]] Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                      Interest interest) override;

    // From now on each write() takes at most `bytes`, and nothing if that is 0.
    void write_at_most(size_t bytes);
    // For an end without a reactor: waits up to `timeout`, and returns whether read() has a result
    // (bytes or `closed`).
    [[nodiscard]] bool wait_readable(std::chrono::milliseconds timeout);

  private:
    struct Link;
    MemoryStream(std::shared_ptr<Link> link, int side);

    const std::shared_ptr<Link> link_;  // shared, because either end may be destroyed first
    const int side_;
    const PeerAddress peer_{.ip = "127.0.0.1", .port = 0};
};

}  // namespace midge
