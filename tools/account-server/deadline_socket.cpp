#include "account-server/deadline_socket.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

namespace midge::tools {
namespace {

using Clock = std::chrono::steady_clock;

// The number of accepted connections that wait for a thread. Shared by those of one listener.
using Waiting = std::atomic<int>;

// One accepted connection. Owned by Poco's sockets that share it; used by one thread at a time.
class DeadlineStream final : public Poco::Net::StreamSocketImpl {
  public:
    DeadlineStream(poco_socket_t socket, std::chrono::milliseconds lifetime,
                   std::shared_ptr<Waiting> waiting)
        : StreamSocketImpl(socket), lifetime_(lifetime), waiting_(std::move(waiting)) {
        ++*waiting_;
    }
    ~DeadlineStream() override { start(); }

    int receiveBytes(void* buffer, int length, int flags) override {
        if (!wait(SELECT_READ, Clock::duration::max())) throw Poco::TimeoutException();
        return StreamSocketImpl::receiveBytes(buffer, length, flags);
    }
    int sendBytes(const void* buffer, int length, int flags) override {
        // In pieces, because one large send could wait for the peer without limit.
        constexpr int piece_bytes_max = 16 * 1024;
        const char* bytes = static_cast<const char*>(buffer);
        int sent = 0;
        while (sent < length) {
            if (!wait(SELECT_WRITE, Clock::duration::max())) throw Poco::TimeoutException();
            setSendTimeout(std::chrono::microseconds(remaining()).count());
            sent += StreamSocketImpl::sendBytes(bytes + sent,
                                                std::min(length - sent, piece_bytes_max), flags);
        }
        return sent;
    }
    // Poco's server waits for a request with this function.
    bool poll(const Poco::Timespan& timeout, int mode) override {
        return wait(mode, std::chrono::microseconds(timeout.totalMicroseconds()));
    }

  private:
    // Called when a thread begins to use the connection.
    void start() {
        if (std::exchange(started_, true)) return;
        --*waiting_;
    }
    // Waits until the socket is ready. Returns false if `timeout`, the connection's own time, or
    // the patience with waiting connections is over.
    bool wait(int mode, Clock::duration timeout) {
        start();
        const auto began = Clock::now();
        if (!deadline_) deadline_ = began + lifetime_;
        while (true) {
            const auto now = Clock::now();
            const auto left = std::min(timeout - std::min(now - began, timeout), *deadline_ - now);
            if (left <= Clock::duration::zero()) return false;
            const auto slice = std::min<Clock::duration>(left, look_interval);
            if (StreamSocketImpl::poll(std::chrono::ceil<std::chrono::microseconds>(slice).count(),
                                       mode))
                return true;
            waited_ += Clock::now() - now;
            const int others = *waiting_;
            if (others > 0 &&
                waited_ >= (others < many_waiting ? patience_with_others : patience_with_many))
                return false;
        }
    }
    std::chrono::microseconds remaining() const {
        // At least a moment, because zero means no limit.
        return std::max(
            std::chrono::duration_cast<std::chrono::microseconds>(*deadline_ - Clock::now()),
            std::chrono::microseconds(1));
    }

    static constexpr std::chrono::milliseconds look_interval{50};
    const std::chrono::milliseconds lifetime_;
    const std::shared_ptr<Waiting> waiting_;
    // Set at the first use: the time until a thread is free does not count.
    std::optional<Clock::time_point> deadline_;
    Clock::duration waited_{0};  // total time of waiting for the peer
    bool started_ = false;
};

class DeadlineListener final : public Poco::Net::ServerSocketImpl {
  public:
    explicit DeadlineListener(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

    Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& client) override {
        sockaddr_storage address{};
        auto* place = reinterpret_cast<sockaddr*>(&address);
        poco_socklen_t size = sizeof address;
        poco_socket_t accepted = POCO_INVALID_SOCKET;
        do {
            accepted = ::accept(sockfd(), place, &size);
        } while (accepted == POCO_INVALID_SOCKET && lastError() == POCO_EINTR);
        if (accepted == POCO_INVALID_SOCKET) error();
        client = Poco::Net::SocketAddress(place, size);
        return new DeadlineStream(accepted, lifetime_, waiting_);
    }

  private:
    const std::chrono::milliseconds lifetime_;
    const std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>(0);
};

// TCPServer copies the ServerSocket, but not its implementation.
class DeadlineServerSocket final : public Poco::Net::ServerSocket {
  public:
    explicit DeadlineServerSocket(std::chrono::milliseconds lifetime)
        : ServerSocket(new DeadlineListener(lifetime), true) {}
};

}  // namespace

Result<Poco::Net::ServerSocket> listen_with_deadline(const Poco::Net::SocketAddress& address,
                                                     std::chrono::milliseconds lifetime) {
    constexpr int backlog = 64;
    try {
        DeadlineServerSocket socket(lifetime);
        if (address.family() == Poco::Net::SocketAddress::IPv6) {
            socket.bind6(address, true, false, true);
        } else {
            socket.bind(address, true, false);
        }
        socket.listen(backlog);
        return Poco::Net::ServerSocket(socket);
    } catch (const Poco::Exception& e) {
        return fail(Errc::unavailable,
                    fmt::format("cannot listen on {}: {}", address.toString(), e.displayText()));
    }
}

}  // namespace midge::tools
