// Sockets on Windows. Winsock is started before main() (start_windows.cpp).
#include <fmt/format.h>
#include <winsock2.h>
#include <ws2tcpip.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <climits>
#include <memory>
#include <optional>
#include <utility>

#include "base/windows_text.h"
#include "net/ip_text.h"
#include "net/socket.h"

namespace midge {
namespace {

constexpr int port_max = 65535;

// Closes the socket unless release() is called.
class OwnedSocket {
  public:
    explicit OwnedSocket(SOCKET socket) : socket_(socket) {}
    ~OwnedSocket() {
        if (socket_ != INVALID_SOCKET) ::closesocket(socket_);
    }
    OwnedSocket(OwnedSocket&& other) noexcept
        : socket_(std::exchange(other.socket_, INVALID_SOCKET)) {}
    OwnedSocket(const OwnedSocket&) = delete;
    OwnedSocket& operator=(const OwnedSocket&) = delete;
    [[nodiscard]] SOCKET get() const noexcept { return socket_; }
    [[nodiscard]] SocketHandle release() noexcept {
        return static_cast<SocketHandle>(std::exchange(socket_, INVALID_SOCKET));
    }

  private:
    SOCKET socket_;
};

IoResult failed(int error) {
    if (error == WSAEWOULDBLOCK) return {.kind = IoResult::Kind::would_block};
    if (error == WSAESHUTDOWN) return {.kind = IoResult::Kind::closed};
    return {.kind = IoResult::Kind::failed, .os_error = error};
}

void set_option(SOCKET socket, int level, int option, int value) {
    // Only tuning: the socket also works without the option.
    [[maybe_unused]] const int set =
        ::setsockopt(socket, level, option, reinterpret_cast<const char*>(&value), sizeof value);
}

void set_non_blocking(SOCKET socket) {
    u_long on = 1;
    // Fails only if it is not a socket.
    [[maybe_unused]] const int set = ::ioctlsocket(socket, FIONBIO, &on);
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
        ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
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
    if (error == WSAHOST_NOT_FOUND || error == WSANO_DATA)
        return fail(Errc::not_found, fmt::format("lookup {}: no such host", host));
    if (error != 0) return fail(fmt::format("lookup {}: {}", host, os_error_text(error)));
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
    const int wanted = static_cast<int>(std::min<size_t>(size, INT_MAX));
    const int count = ::recv(static_cast<SOCKET>(socket), data, wanted, 0);
    if (count < 0) return failed(::WSAGetLastError());
    if (count == 0) return {.kind = IoResult::Kind::closed};
    return {.bytes = static_cast<size_t>(count)};
}

IoResult socket_write(SocketHandle socket, const IoSlice* slices, size_t count) noexcept {
    std::array<WSABUF, io_slices_max> buffers;
    const size_t used = std::min(count, io_slices_max);
    for (size_t i = 0; i < used; ++i) {
        buffers[i] = {.len = static_cast<ULONG>(slices[i].size),
                      .buf = const_cast<char*>(slices[i].data)};
    }
    DWORD written = 0;
    if (::WSASend(static_cast<SOCKET>(socket), buffers.data(), static_cast<DWORD>(used), &written,
                  0, nullptr, nullptr) != 0) {
        return failed(::WSAGetLastError());
    }
    return {.bytes = written};
}

// Windows knows it, but no call that exists in all its versions returns it.
std::optional<size_t> socket_unacknowledged(SocketHandle /*socket*/) noexcept {
    return std::nullopt;
}

void socket_close(SocketHandle socket) noexcept {
    ::closesocket(static_cast<SOCKET>(socket));
}

std::string os_error_text(int os_error) {
    return windows_error_text(static_cast<uint32_t>(os_error));
}

namespace {

// Binds and listens. Returns 0 or the error number, with the name of the failed call in `call`.
int try_listen(OwnedSocket& socket, const sockaddr_storage& address, const char*& call) {
    call = "socket";
    if (socket.get() == INVALID_SOCKET) return ::WSAGetLastError();
    // SO_REUSEADDR would let another program take the port on Windows.
    set_option(socket.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    if (address.ss_family == AF_INET6) set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    call = "bind";
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(socket.get(), generic, size_of(address)) != 0) return ::WSAGetLastError();
    call = "listen";
    return ::listen(socket.get(), SOMAXCONN) != 0 ? ::WSAGetLastError() : 0;
}

tl::unexpected<Error> listen_error(const std::string& where, const char* call, int error) {
    const Errc code = error == WSAEACCES ? Errc::denied : Errc::unavailable;
    return fail(code, fmt::format("listen tcp {}: {}: {}", where, call, os_error_text(error)));
}

OwnedSocket open_socket(const sockaddr_storage& address) {
    OwnedSocket socket(::WSASocketW(address.ss_family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0,
                                    WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (socket.get() != INVALID_SOCKET) set_non_blocking(socket.get());
    return socket;
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
        if (error == WSAEADDRINUSE || error == WSAEACCES) return listen_error(where, call, error);
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
    if (socket.get() == INVALID_SOCKET) return fail_with("socket", ::WSAGetLastError());
    set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket.get(), generic, size_of(address)) != 0) {
        const int error = ::WSAGetLastError();
        if (error != WSAEWOULDBLOCK) return fail_with("connect", error);
    }
    return socket.release();
}

int socket_error(SocketHandle socket) noexcept {
    int error = 0;
    int size = sizeof error;
    if (::getsockopt(static_cast<SOCKET>(socket), SOL_SOCKET, SO_ERROR,
                     reinterpret_cast<char*>(&error), &size) != 0)
        return ::WSAGetLastError();
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
    if (::getsockname(static_cast<SOCKET>(socket), reinterpret_cast<sockaddr*>(&address), &size) !=
        0)
        return 0;
    return address.ss_family == AF_INET6
               ? ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port)
               : ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

IoResult socket_accept(SocketHandle listener, Accepted& out) {
    sockaddr_storage address{};
    SOCKET accepted = INVALID_SOCKET;
    do {
        int size = sizeof address;
        accepted =
            ::accept(static_cast<SOCKET>(listener), reinterpret_cast<sockaddr*>(&address), &size);
        // The error means that a waiting peer has given up; the next one may still be there.
    } while (accepted == INVALID_SOCKET && ::WSAGetLastError() == WSAECONNRESET);
    if (accepted == INVALID_SOCKET) return failed(::WSAGetLastError());
    ::SetHandleInformation(reinterpret_cast<HANDLE>(accepted), HANDLE_FLAG_INHERIT, 0);
    set_non_blocking(accepted);
    set_option(accepted, IPPROTO_TCP, TCP_NODELAY, 1);
    out.socket = static_cast<SocketHandle>(accepted);
    out.peer = text_of(address);
    return {};
}

}  // namespace midge
