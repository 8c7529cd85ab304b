#pragma once
// Where the log of the service goes: standard error, a file, or a syslog.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "base/work_queue.h"
#include "config/options.h"
#include "log_file.h"
#include "log_line.h"
#include "syslog.h"

namespace midge {

inline constexpr size_t log_queue_bytes_max = 8 * 1024 * 1024;

// The log of a process, made by main() and outliving everything else. Lines are queued for a thread
// of its own; over log_queue_bytes_max they are dropped and counted, and the count is logged.
// Who logs an error waits a moment for it, now and then: so that who sees a refusal finds its
// reason in the log. Trouble with the file never ends the process. Safe from any thread.
class ServiceLogger final : public Logger {
  public:
    // Logs to standard error until configured; in color if that is a terminal. `program`: as a
    // syslog is told.
    explicit ServiceLogger(std::string program = "midged");
    // Writes what is queued.
    ~ServiceLogger() override;
    ServiceLogger(const ServiceLogger&) = delete;
    ServiceLogger& operator=(const ServiceLogger&) = delete;

    // Where a log goes, and how its lines look: open already, so that using it cannot fail.
    struct Target {
        LogLineForm form;
        std::unique_ptr<LogFile> file;
        std::unique_ptr<Syslog> syslog;  // both null: standard error
        bool debug = false;
        bool trace = false;
    };
    // A file if one is named, else a remote syslog, else the local one, else standard error, as
    // nats-server chooses. Fails if the file cannot be opened, or the syslog not be reached.
    [[nodiscard]] Result<Target> open(const LogOptions& options);
    // Logs there from now on, and what was logged before where it belongs; gives the target of
    // before.
    Target use(Target target);
    // Both; on an error nothing has changed.
    [[nodiscard]] Result<> configure(const LogOptions& options);
    // Opens the log file anew and says so; on failure the open file stays in use, which is logged.
    void reopen();
    // Waits until what was logged before is written, at most some seconds.
    void flush();

    [[nodiscard]] bool enabled(LogLevel level) const noexcept override;
    void write(LogLevel level, std::string_view line) noexcept override;
    // Lines of JSON have fields.
    [[nodiscard]] bool takes_fields() const noexcept override;
    void write_entry(LogLevel level, const LogEntry& entry) noexcept override;

  private:
    struct Line {
        LogLevel level;
        WallNanos time;
        std::string text;
        size_t prefix_bytes = 0;
        LogFields fields = {};
    };

    void queue(Line line);
    [[nodiscard]] bool may_wait();
    void write_out(const WorkQueue<Line>::Batch& lines);
    [[nodiscard]] static LogLineForm form_of(const LogOptions& options);

    const std::string program_;
    std::atomic<bool> debug_{false};
    std::atomic<bool> trace_{false};
    std::atomic<bool> json_{false};

    std::mutex target_mutex_;  // guards what follows; taken before the lock of the queue
    Target target_;

    std::atomic<uint64_t> dropped_{0};  // not yet logged
    std::atomic<std::chrono::steady_clock::time_point> next_error_wait_{};
    WorkQueue<Line> lines_;  // last: its thread uses the members above
};

}  // namespace midge
