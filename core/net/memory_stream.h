#pragma once
// Two connected streams without a socket: for tests, and for programs that embed the broker and
// talk to it directly.
#include <chrono>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>

#include "net/stream.h"

namespace midge {

// One end of a pair. Each end has its own owner and thread; what an end offers may be called from
// any thread. An end that is watched must be closed or destroyed before its reactor is.
//
// The Watch of an end acts as a socket's, with one difference: on_writable comes once after each
// write that took less than all it was given, as soon as there is room, and not again while nothing
// is written.
class MemoryStream final : public Stream {
  public:
    static constexpr size_t capacity_default = 1024 * 1024;
    static constexpr size_t no_limit = std::numeric_limits<size_t>::max();
    using Pair = std::pair<std::unique_ptr<MemoryStream>, std::unique_ptr<MemoryStream>>;

    // `capacity`: bytes that each end takes ahead of its peer's reading.
    [[nodiscard]] static Pair make_pair(size_t capacity = capacity_default);
    ~MemoryStream() override;
    MemoryStream(const MemoryStream&) = delete;
    MemoryStream& operator=(const MemoryStream&) = delete;

    // What was written before the peer closed can still be read.
    [[nodiscard]] IoResult read(char* data, size_t size) override;
    [[nodiscard]] IoResult write(const IoSlice* slices, size_t count) override;
    void close() noexcept override;
    [[nodiscard]] SocketHandle socket() const noexcept override { return no_socket; }
    [[nodiscard]] const PeerAddress& peer() const noexcept override { return peer_; }
    [[nodiscard]] Result<Watch> watch(Reactor& reactor, IoHandler& handler,
                                      Interest interest) override;

    // From now on each write() takes at most `bytes`; with 0 none takes anything.
    void write_at_most(size_t bytes);
    // For an end without a reactor: whether read() has something to give (bytes or `closed`) before
    // `timeout` has passed.
    [[nodiscard]] bool wait_readable(std::chrono::milliseconds timeout);

  private:
    struct Link;
    MemoryStream(std::shared_ptr<Link> link, int side);

    const std::shared_ptr<Link> link_;  // shared because either end may go first
    const int side_;
    const PeerAddress peer_{.ip = "127.0.0.1", .port = 0};
};

}  // namespace midge
