#include "account-server/deadline_socket.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace midge::tools {
namespace {

using Clock = std::chrono::steady_clock;

// One accepted connection. Owned by Poco's sockets that share it; used by one thread at a time.
class DeadlineStream final : public Poco::Net::StreamSocketImpl {
  public:
    DeadlineStream(poco_socket_t socket, std::chrono::milliseconds lifetime)
        : StreamSocketImpl(socket), lifetime_(lifetime) {}

    int receiveBytes(void* buffer, int length, int flags) override {
        wait(SELECT_READ);
        return StreamSocketImpl::receiveBytes(buffer, length, flags);
    }
    int sendBytes(const void* buffer, int length, int flags) override {
        // In pieces: one large send would wait for the peer as long as the peer likes.
        constexpr int piece_bytes_max = 16 * 1024;
        const char* bytes = static_cast<const char*>(buffer);
        int sent = 0;
        while (sent < length) {
            setSendTimeout(wait(SELECT_WRITE));
            sent += StreamSocketImpl::sendBytes(bytes + sent,
                                                std::min(length - sent, piece_bytes_max), flags);
        }
        return sent;
    }

  private:
    // Until the socket is ready, and what is left then.
    Poco::Timespan wait(int mode) {
        if (!poll(remaining(), mode)) throw Poco::TimeoutException();
        return remaining();
    }
    Poco::Timespan remaining() {
        // From the first use on: what a connection waits for a thread is not its peer's doing.
        if (!deadline_) deadline_ = Clock::now() + lifetime_;
        const auto left =
            std::chrono::duration_cast<std::chrono::microseconds>(*deadline_ - Clock::now());
        if (left.count() <= 0) throw Poco::TimeoutException();
        return Poco::Timespan(left.count());
    }

    const std::chrono::milliseconds lifetime_;
    std::optional<Clock::time_point> deadline_;
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
        return new DeadlineStream(accepted, lifetime_);
    }

  private:
    const std::chrono::milliseconds lifetime_;
};

// TCPServer copies a ServerSocket by value; what is behind it stays.
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
