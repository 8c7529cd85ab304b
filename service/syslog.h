#pragma once
// The log as messages to the syslog of this machine or of another (spec config.md 3).
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"

namespace midge {

// Where messages go. Errors read as Go's: "dial udp: address x: missing port in address".
class SyslogSocket {
  public:
    virtual ~SyslogSocket() = default;
    // One message, its end of line included. Waits some seconds at most.
    [[nodiscard]] virtual Result<> send(std::string_view message) = 0;
};

// "udp" or "tcp", "host:port". Waits some seconds at most.
[[nodiscard]] Result<std::unique_ptr<SyslogSocket>> dial_syslog(const std::string& network,
                                                                const std::string& address);
// A socket in the file system.
[[nodiscard]] Result<std::unique_ptr<SyslogSocket>> dial_unix_syslog(const std::string& path);
// The syslog of this machine.
[[nodiscard]] Result<std::unique_ptr<SyslogSocket>> dial_local_syslog();

// What the head of each message says.
struct SyslogForm {
    std::string host;  // of the sender; empty for a syslog on the same machine
    std::string tag;   // the program
    int process_id = 0;
    int facility = 0;  // 0: kernel, as nats-server's remote messages; 3: daemon
};

// "<5>2026-11-26T12:12:22Z vm midged[4711]: text\n", or for the same machine
// "<29>Nov 26 12:12:22 midged[4711]: text\n".
[[nodiscard]] std::string syslog_message(const SyslogForm& form, LogLevel level, WallNanos time,
                                         std::string_view text);

// Owned by the log's writer, used under its lock. Whatever happens to the connection, a line is
// written: to standard error if not to the syslog, which is dialled again.
class Syslog {
  public:
    // `remote`: "udp://host:port", "tcp://host:port", "unix:///path"; empty: this machine's.
    // Fails with the text of nats-server: "error invalid network type: "x"", "error connecting to
    // syslog: ...".
    [[nodiscard]] static Result<std::unique_ptr<Syslog>> connect(const std::string& remote,
                                                                 const std::string& tag);
    void write(LogLevel level, WallNanos time, std::string_view text);

  private:
    using Clock = std::chrono::steady_clock;

    Syslog(std::string network, std::string address)
        : network_(std::move(network)), address_(std::move(address)) {}
    [[nodiscard]] Result<> dial();
    [[nodiscard]] Result<> send(std::string_view message);

    const std::string network_;  // "udp", "tcp", "unix"; empty: this machine's
    const std::string address_;
    SyslogForm form_;
    std::unique_ptr<SyslogSocket> socket_;
    bool in_trouble_ = false;  // said so, until a message went out
    Clock::time_point dialled_;
};

}  // namespace midge
