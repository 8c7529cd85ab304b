#pragma once
// Sends the log to the syslog of this machine or of another one (docs/protocol/service.md, Syslog).
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"

namespace midge {

// The destination of messages. Errors have Go's form: "dial udp: address x: missing port in
// address".
class SyslogSocket {
  public:
    virtual ~SyslogSocket() = default;
    // Sends one message with its end of line. Waits at most some seconds.
    [[nodiscard]] virtual Result<> send(std::string_view message) = 0;
};

// Connects with "udp" or "tcp" to "host:port". Waits at most some seconds.
[[nodiscard]] Result<std::unique_ptr<SyslogSocket>> dial_syslog(const std::string& network,
                                                                const std::string& address);
// Connects to a socket in the file system.
[[nodiscard]] Result<std::unique_ptr<SyslogSocket>> dial_unix_syslog(const std::string& path);
// Connects to the syslog of this machine.
[[nodiscard]] Result<std::unique_ptr<SyslogSocket>> dial_local_syslog();

// The fields of each message's header.
struct SyslogForm {
    std::string host;  // of the sender; empty for the syslog of the same machine
    std::string tag;   // name of the program
    int process_id = 0;
    int facility = 0;  // 0: kernel, as in nats-server's remote messages; 3: daemon
};

// Returns "<5>2026-11-26T12:12:22Z vm midged[4711]: text\n", or for the same machine "<29>Nov 26
// 12:12:22 midged[4711]: text\n".
[[nodiscard]] std::string syslog_message(const SyslogForm& form, LogLevel level, WallNanos time,
                                         std::string_view text);

// Owned by the log's writer, used under its lock. A line is always written: if the connection
// fails, it goes to standard error, and the syslog is dialled again.
class Syslog {
  public:
    // `remote`: "udp://host:port", "tcp://host:port" or "unix:///path"; empty: the syslog of this
    // machine. Fails with nats-server's texts: "error invalid network type: "x"", "error connecting
    // to syslog: ...".
    [[nodiscard]] static Result<std::unique_ptr<Syslog>> connect(const std::string& remote,
                                                                 const std::string& tag);
    void write(LogLevel level, WallNanos time, std::string_view text);

  private:
    using Clock = std::chrono::steady_clock;

    Syslog(std::string network, std::string address)
        : network_(std::move(network)), address_(std::move(address)) {}
    [[nodiscard]] Result<> dial();
    [[nodiscard]] Result<> send(std::string_view message);

    const std::string network_;  // "udp", "tcp", "unix"; empty: syslog of this machine
    const std::string address_;
    SyslogForm form_;
    std::unique_ptr<SyslogSocket> socket_;
    bool in_trouble_ = false;  // an error was reported, and no message was sent since
    Clock::time_point dialled_;
};

}  // namespace midge
