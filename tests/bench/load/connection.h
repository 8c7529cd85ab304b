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

// What every case has to know of the server.
struct Server {
    uint16_t port = 0;
    pid_t process = 0;  // 0: its CPU time is not reported
    bool tls = false;   // TLS 1.3 after INFO; the server's certificate is not looked at
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

// A TCP socket without delay (TCP_NODELAY), connected or connecting to 127.0.0.1. `serial` spreads
// many connections over source addresses, for each has some 28,000 ports and keeps them for a
// minute after use. Throws Failure.
[[nodiscard]] Socket connect_socket(uint16_t port, uint64_t serial, bool blocking);

// A logged-in client that speaks line by line outside of the measured phase. Owned by a case, on
// its thread.
class Connection {
  public:
    // Returns once the server has taken the login. Throws Failure.
    explicit Connection(const Server& server);

    [[nodiscard]] int fd() const { return socket_.fd(); }
    void set_nonblocking();
    void send_all(std::string_view bytes);
    // As ::send and ::recv, with errno EAGAIN when nothing can be done now. With TLS, receive() has
    // to be called until it gives that: what it holds back, no poller knows of.
    [[nodiscard]] ssize_t send(std::string_view bytes);
    [[nodiscard]] ssize_t receive(char* bytes, size_t size);
    [[nodiscard]] bool uses_tls() const { return tls_ != nullptr; }
    // Sends PING and waits for PONG. Throws Failure if a message or an error comes before it: all
    // that was to be received has been, to the byte.
    void ping();

  private:
    [[nodiscard]] std::string read_line();
    [[nodiscard]] bool wait(short events);

    Socket socket_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_{nullptr, nullptr};
    std::string unread_;
};

}  // namespace midge::load
