// Sockets on Linux.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "net/ip_text.h"
#include "net/socket.h"

namespace midge {
namespace {

constexpr int port_max = 65535;

// Closes the descriptor unless release() is called.
class OwnedSocket {
  public:
    explicit OwnedSocket(int socket) : socket_(socket) {}
    ~OwnedSocket() {
        if (socket_ >= 0) ::close(socket_);
    }
    OwnedSocket(const OwnedSocket&) = delete;
    OwnedSocket& operator=(const OwnedSocket&) = delete;
    [[nodiscard]] int get() const noexcept { return socket_; }
    [[nodiscard]] int release() noexcept { return std::exchange(socket_, -1); }

  private:
    int socket_;
};

IoResult failed(int error) {
    if (error == EAGAIN || error == EWOULDBLOCK) return {.kind = IoResult::Kind::would_block};
    if (error == EPIPE) return {.kind = IoResult::Kind::closed};
    return {.kind = IoResult::Kind::failed, .os_error = error};
}

void set_option(int socket, int level, int option, int value) {
    // Only tuning: the socket also works without the option.
    [[maybe_unused]] const int set = ::setsockopt(socket, level, option, &value, sizeof value);
}

PeerAddress text_of(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        return {.ip = text.data(), .port = ntohs(v4.sin_port)};
    }
    if (address.ss_family != AF_INET6) return {};
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
        ::inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text.data(), text.size());
    } else {
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
    return {.ip = text.data(), .port = ntohs(v6.sin6_port)};
}

struct AddressListCloser {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListCloser>;

// Looks up addresses for TCP; `flags` are those of addrinfo.
Result<AddressList> look_up(const std::string& host, int port, int flags) {
    addrinfo hints{};
    hints.ai_flags = flags | AI_NUMERICSERV;
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    if (error == EAI_NONAME || error == EAI_NODATA)
        return fail(Errc::not_found, fmt::format("lookup {}: no such host", host));
    if (error != 0) return fail(fmt::format("lookup {}: {}", host, ::gai_strerror(error)));
    return AddressList(list);
}

sockaddr_storage address_of(const addrinfo& info) {
    sockaddr_storage address{};
    std::copy_n(reinterpret_cast<const char*>(info.ai_addr), info.ai_addrlen,
                reinterpret_cast<char*>(&address));
    return address;
}

Result<sockaddr_storage> resolve(const std::string& host, int port) {
    const auto list = look_up(host, port, AI_PASSIVE);
    if (!list) return fail(list.error().code, "listen tcp: " + list.error().text);
    const addrinfo* chosen = list->get();
    for (const addrinfo* each = chosen; each != nullptr; each = each->ai_next) {
        if (each->ai_family != AF_INET) continue;
        chosen = each;
        break;
    }
    return address_of(*chosen);
}

socklen_t size_of(const sockaddr_storage& address) {
    return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

}  // namespace

IoResult socket_read(SocketHandle socket, char* data, size_t size) noexcept {
    assert(size > 0);
    ssize_t count;
    do {
        count = ::recv(static_cast<int>(socket), data, size, 0);
    } while (count < 0 && errno == EINTR);
    if (count < 0) return failed(errno);
    if (count == 0) return {.kind = IoResult::Kind::closed};
    return {.bytes = static_cast<size_t>(count)};
}

IoResult socket_write(SocketHandle socket, const IoSlice* slices, size_t count) noexcept {
    std::array<iovec, io_slices_max> vectors;
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = std::min(count, io_slices_max);
    for (size_t i = 0; i < message.msg_iovlen; ++i) {
        vectors[i] = {.iov_base = const_cast<char*>(slices[i].data), .iov_len = slices[i].size};
    }
    ssize_t written;
    do {
        written = ::sendmsg(static_cast<int>(socket), &message, MSG_NOSIGNAL);
    } while (written < 0 && errno == EINTR);
    if (written < 0) return failed(errno);
    return {.bytes = static_cast<size_t>(written)};
}

std::optional<size_t> socket_unacknowledged(SocketHandle socket) noexcept {
    int bytes = 0;
    if (::ioctl(static_cast<int>(socket), SIOCOUTQ, &bytes) != 0) return std::nullopt;
    return static_cast<size_t>(bytes);
}

void socket_close(SocketHandle socket) noexcept {
    // Not repeated on EINTR, because Linux has already released the descriptor.
    ::close(static_cast<int>(socket));
}

std::string os_error_text(int os_error) {
    std::string text = std::system_category().message(os_error);
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() > 1 && upper(text[0]) && !upper(text[1])) text[0] += 'a' - 'A';
    return text;
}

namespace {

// Binds and listens. Returns 0 or the error number, with the name of the failed call in `call`.
int try_listen(OwnedSocket& socket, const sockaddr_storage& address, const char*& call) {
    call = "socket";
    if (socket.get() < 0) return errno;
    set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
    // Accepted sockets inherit it.
    set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    if (address.ss_family == AF_INET6) set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    call = "bind";
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(socket.get(), generic, size_of(address)) != 0) return errno;
    call = "listen";
    return ::listen(socket.get(), SOMAXCONN) != 0 ? errno : 0;
}

tl::unexpected<Error> listen_error(const std::string& where, const char* call, int error) {
    const Errc code = error == EACCES ? Errc::denied : Errc::unavailable;
    return fail(code, fmt::format("listen tcp {}: {}: {}", where, call, os_error_text(error)));
}

OwnedSocket open_socket(const sockaddr_storage& address) {
    return OwnedSocket(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// "0.0.0.0" means every address, including IPv6 if the system has it, as in nats-server. Thus a
// client that finds ::1 for "localhost" can connect.
std::optional<sockaddr_storage> both_families(const sockaddr_storage& address) {
    if (address.ss_family != AF_INET) return std::nullopt;
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    if (ipv4.sin_addr.s_addr != htonl(INADDR_ANY)) return std::nullopt;
    sockaddr_storage both{};
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(both);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_addr = in6addr_any;
    ipv6.sin6_port = ipv4.sin_port;
    return both;
}

}  // namespace

Result<SocketHandle> socket_listen(const std::string& host, int port) {
    if (port < 0 || port > port_max) {
        return fail(Errc::invalid,
                    fmt::format("listen tcp {}: port is {}, expected 0..{}", host, port, port_max));
    }
    auto address = resolve(host, port);
    if (!address) return pass(address);
    const std::string where = address_text(text_of(*address));
    const char* call = nullptr;
    if (const auto both = both_families(*address)) {
        OwnedSocket socket = open_socket(*both);
        const int error = try_listen(socket, *both, call);
        if (error == 0) return socket.release();
        if (error == EADDRINUSE || error == EACCES) return listen_error(where, call, error);
    }
    OwnedSocket socket = open_socket(*address);
    if (const int error = try_listen(socket, *address, call); error != 0) {
        return listen_error(where, call, error);
    }
    return socket.release();
}

Result<SocketHandle> socket_connect(const PeerAddress& to) {
    const auto list = look_up(to.ip, to.port, AI_NUMERICHOST);
    if (!list) return fail(Errc::invalid, fmt::format("dial tcp: {} is not an address", to.ip));
    const sockaddr_storage address = address_of(**list);
    OwnedSocket socket = open_socket(address);
    const auto fail_with = [&to](const char* call, int error) {
        return fail(Errc::unavailable, fmt::format("dial tcp {}: {}: {}", address_text(to), call,
                                                   os_error_text(error)));
    };
    if (socket.get() < 0) return fail_with("socket", errno);
    set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket.get(), generic, size_of(address)) != 0) {
        const int error = errno;
        if (error != EINPROGRESS) return fail_with("connect", error);
    }
    return socket.release();
}

int socket_error(SocketHandle socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(static_cast<int>(socket), SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return errno;
    return error;
}

Result<std::vector<std::string>> look_up_host(const std::string& host) {
    const auto list = look_up(host, 0, 0);
    if (!list) return fail(list.error().code, list.error().text);
    std::vector<std::string> addresses;
    for (const addrinfo* each = list->get(); each != nullptr; each = each->ai_next)
        addresses.push_back(text_of(address_of(*each)).ip);
    return addresses;
}

uint16_t socket_local_port(SocketHandle socket) noexcept {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(static_cast<int>(socket), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return 0;
    return address.ss_family == AF_INET6
               ? ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port)
               : ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

IoResult socket_accept(SocketHandle listener, Accepted& out) {
    sockaddr_storage address{};
    int socket = -1;
    do {
        socklen_t size = sizeof address;
        socket = ::accept4(static_cast<int>(listener), reinterpret_cast<sockaddr*>(&address), &size,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
        // ECONNABORTED and EPROTO mean that a waiting peer has given up; the next one may still be
        // there.
    } while (socket < 0 && (errno == EINTR || errno == ECONNABORTED || errno == EPROTO));
    if (socket < 0) return failed(errno);
    out.socket = socket;
    out.peer = text_of(address);
    return {};
}

}  // namespace midge
