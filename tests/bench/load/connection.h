#pragma once
// A client's connection to the server under load.
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "login.h"

struct ssl_st;

namespace midge::load {

// The server under load.
struct Server {
    uint16_t port = 0;
    pid_t process = 0;  // 0: its CPU time is not reported
    bool tls = false;   // TLS 1.3 after INFO; the server's certificate is not checked
    Login login;

    [[nodiscard]] static Server from(Flags& flags);
};

// Owns a socket. Move-only.
class Socket {
  public:
    explicit Socket(int fd = -1) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Socket();
    [[nodiscard]] int fd() const { return fd_; }

  private:
    int fd_;
};

// Returns a TCP socket with TCP_NODELAY that is connected, or connecting, to 127.0.0.1. `serial`
// distributes many connections over source addresses, because each address has some 28,000 ports,
// and keeps a port for a minute after its use. Throws Failure.
[[nodiscard]] Socket connect_socket(uint16_t port, uint64_t serial, bool blocking);

// A logged-in client that exchanges lines outside of the measured phase. Owned by a case, on its
// thread.
class Connection {
  public:
    // Returns after the server has accepted the login. Throws Failure.
    explicit Connection(const Server& server);

    [[nodiscard]] int fd() const { return socket_.fd(); }
    void set_nonblocking();
    void send_all(std::string_view bytes);
    // Like ::send and ::recv, with errno EAGAIN if nothing can be done now. With TLS, receive()
    // must be called until EAGAIN, because the poller does not see bytes that TLS keeps.
    [[nodiscard]] ssize_t send(std::string_view bytes);
    [[nodiscard]] ssize_t receive(char* bytes, size_t size);
    [[nodiscard]] bool uses_tls() const { return tls_ != nullptr; }
    // Sends PING and waits for PONG. Throws Failure if a message or an error is received before it.
    // Thus it checks that all expected bytes were received.
    void ping();

  private:
    [[nodiscard]] std::string read_line();
    [[nodiscard]] bool wait(short events);

    Socket socket_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_{nullptr, nullptr};
    std::string unread_;
};

}  // namespace midge::load
