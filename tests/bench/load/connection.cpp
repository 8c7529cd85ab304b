#include "connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "failure.h"
#include "tls.h"

namespace midge::load {
namespace {

constexpr int answer_milliseconds_max = 60'000;
constexpr uint64_t connections_per_source = 4096;
constexpr uint64_t sources_max = 200;

sockaddr_in loopback(uint32_t last_byte, uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(0x7f000000U | last_byte);
    return address;
}

}  // namespace

Server Server::from(Flags& flags) {
    Server server;
    server.port = static_cast<uint16_t>(flags.number("port", 4222, 1, 65535));
    server.process = static_cast<pid_t>(flags.number("pid", 0, 0, INT32_MAX));
    server.login = Login::from(flags);
    return server;
}

Socket::~Socket() {
    if (fd_ >= 0) ::close(fd_);
}

Socket connect_socket(uint16_t port, uint64_t serial, bool blocking) {
    Socket socket(
        ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0));
    if (socket.fd() < 0) throw system_failure("socket");
    const int on = 1;
    setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (const uint64_t source = serial / connections_per_source % sources_max; source != 0) {
        setsockopt(socket.fd(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        const sockaddr_in own = loopback(static_cast<uint32_t>(source) + 1, 0);
        if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0)
            throw system_failure("bind");
    }
    const sockaddr_in address = loopback(1, port);
    if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
        throw system_failure("connect to port " + std::to_string(port));
    }
    return socket;
}

Connection::Connection(const Server& server) : socket_(connect_socket(server.port, 0, true)) {
    const timeval patience{answer_milliseconds_max / 1000, 0};
    setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::string info = read_line();
    if (!info.starts_with("INFO "))
        throw Failure("the server greets with '" + info + "', expected INFO");
    if (server.tls) tls_ = {begin_tls(fd()), end_tls};
    send_all(server.login.connect_line(info));
    ping();
}

void Connection::set_nonblocking() {
    ::fcntl(fd(), F_SETFL, ::fcntl(fd(), F_GETFL) | O_NONBLOCK);
}

ssize_t Connection::send(std::string_view bytes) {
    if (tls_) return tls_send(tls_.get(), bytes.data(), bytes.size());
    return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

ssize_t Connection::receive(char* bytes, size_t size) {
    if (tls_) return tls_receive(tls_.get(), bytes, size);
    return ::recv(fd(), bytes, size, 0);
}

bool Connection::wait(short events) {
    pollfd poll{fd(), events, 0};
    return ::poll(&poll, 1, answer_milliseconds_max) == 1;
}

void Connection::send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(bytes);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<size_t>(sent));
        } else if (errno != EAGAIN) {
            throw system_failure("send");
        } else if (!wait(POLLOUT)) {
            throw Failure("the server reads nothing any more");
        }
    }
}

void Connection::ping() {
    send_all("PING\r\n");
    for (;;) {
        const std::string line = read_line();
        if (line == "PONG") return;
        if (line != "PING" && !line.starts_with("INFO ")) {
            throw Failure("the server sent '" + line.substr(0, 80) + "', expected PONG");
        }
    }
}

std::string Connection::read_line() {
    for (;;) {
        if (const size_t end = unread_.find("\r\n"); end != std::string::npos) {
            std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 2);
            return line;
        }
        // Does not wait first, because TLS may already have the line. A blocking socket waits here.
        char bytes[4096];
        const ssize_t got = receive(bytes, sizeof bytes);
        if (got == 0) throw Failure("the server closed the connection");
        if (got < 0 && errno != EAGAIN) throw system_failure("recv");
        if (got > 0) unread_.append(bytes, static_cast<size_t>(got));
        if (got < 0 && !wait(POLLIN)) throw Failure("the server does not answer");
    }
}

}  // namespace midge::load
