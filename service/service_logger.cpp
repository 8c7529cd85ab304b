#include "service_logger.h"

#include <chrono>
#include <new>
#include <utility>
#include <variant>

#include "base/terminal.h"
#include "process_info.h"
#include "service_host.h"

namespace midge {
namespace {

constexpr std::chrono::seconds flush_time_max{5};
// Who logs an error waits so long at most, and only one so often: a storm of errors, or a log that
// is slow, must not hold up the event loops.
constexpr std::chrono::milliseconds error_wait_max{20};
constexpr std::chrono::milliseconds error_wait_interval{500};

size_t bytes_of(const LogFields& fields) {
    size_t bytes = 0;
    for (const auto& [name, value] : fields.all()) {
        const auto* const text = std::get_if<std::string>(&value);
        bytes += name.size() + (text != nullptr ? text->size() : sizeof(uint64_t));
    }
    return bytes;
}

}  // namespace

ServiceLogger::ServiceLogger(std::string program)
    : program_(std::move(program)), form_(form_of(LogOptions{})), writer_([this] { run(); }) {}

ServiceLogger::~ServiceLogger() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    queued_.notify_all();
    writer_.join();
}

LogLineForm ServiceLogger::form_of(const LogOptions& options) {
    const bool color = options.file.empty() && understands_colors(StandardStream::err);
    return {current_process_id(), options.time, options.time_utc, color, options.json};
}

Result<> ServiceLogger::configure(const LogOptions& options) {
    std::unique_ptr<LogFile> file;
    std::unique_ptr<Syslog> syslog;
    if (!options.file.empty()) {
        auto opened = LogFile::open(
            options.file, {options.size_limit, options.max_files, options.rotation_period},
            [this](LogLevel level, const std::string& text) { write(level, text); });
        if (!opened) return fail(opened.error().code, "error opening file: " + opened.error().text);
        file = std::move(*opened);
    } else if (options.syslog || !options.remote_syslog.empty()) {
        auto connected = Syslog::connect(options.remote_syslog, program_);
        if (!connected) return pass(connected);
        syslog = std::move(*connected);
    }
    flush();  // what was logged so far belongs to the old target
    const std::lock_guard lock(target_mutex_);
    form_ = form_of(options);
    file_ = std::move(file);
    syslog_ = std::move(syslog);
    debug_ = options.debug;
    trace_ = options.trace;
    json_ = options.json;
    return {};
}

void ServiceLogger::reopen() {
    Result<> done;
    {
        const std::lock_guard lock(target_mutex_);
        if (!file_) {
            done = fail(Errc::unsupported, "the log is no file");
        } else {
            done = file_->reopen();
        }
    }
    if (done) {
        info("File log re-opened");
    } else if (done.error().code == Errc::unsupported) {
        info("File log re-open ignored, not a file logger");
    } else {
        error("File log not re-opened: {}", done.error().text);
    }
}

void ServiceLogger::flush() {
    std::unique_lock lock(queue_mutex_);
    written_.wait_for(lock, flush_time_max, [this] { return queue_.empty() && !writing_; });
}

bool ServiceLogger::enabled(LogLevel level) const noexcept {
    if (level == LogLevel::trace) return trace_.load(std::memory_order_relaxed);
    if (level == LogLevel::debug) return debug_.load(std::memory_order_relaxed);
    return true;
}

void ServiceLogger::write(LogLevel level, std::string_view line) noexcept {
    try {
        queue({level, wall_now(), std::string(line)}, line.size());
    } catch (const std::bad_alloc&) {
        return;  // a log line is not worth the process
    }
}

bool ServiceLogger::takes_fields() const noexcept {
    return json_.load(std::memory_order_relaxed);
}

void ServiceLogger::write_entry(LogLevel level, const LogEntry& entry) noexcept {
    try {
        queue({level, wall_now(), std::string(entry.text), entry.prefix_bytes, entry.fields},
              entry.text.size() + bytes_of(entry.fields));
    } catch (const std::bad_alloc&) {
        return;
    }
}

void ServiceLogger::queue(Line line, size_t bytes) {
    const LogLevel level = line.level;
    uint64_t number = 0;
    bool waits = false;
    {
        const std::lock_guard lock(queue_mutex_);
        if (queue_bytes_ + bytes > log_queue_bytes_max) {
            ++dropped_;
            return;
        }
        queue_.push_back(std::move(line));
        queue_bytes_ += bytes;
        number = ++queued_lines_;
        const auto time = std::chrono::steady_clock::now();
        if (level >= LogLevel::error && time >= next_error_wait_) {
            next_error_wait_ = time + error_wait_interval;
            waits = std::this_thread::get_id() != writer_.get_id();
        }
    }
    queued_.notify_one();
    if (!waits) return;
    std::unique_lock lock(queue_mutex_);
    written_.wait_for(lock, error_wait_max, [&] { return written_lines_ >= number; });
}

void ServiceLogger::run() {
    std::unique_lock lock(queue_mutex_);
    while (true) {
        queued_.wait(lock, [this] { return !queue_.empty() || stopping_; });
        if (queue_.empty()) return;
        const std::vector<Line> lines = std::exchange(queue_, {});
        queue_bytes_ = 0;
        const uint64_t dropped = std::exchange(dropped_, 0);
        writing_ = true;
        lock.unlock();
        write_out(lines, dropped);
        lock.lock();
        writing_ = false;
        written_lines_ += lines.size();
        written_.notify_all();
    }
}

void ServiceLogger::write_out(const std::vector<Line>& lines, uint64_t dropped) {
    const std::lock_guard lock(target_mutex_);
    const auto put = [&](const Line& line) {
        const LogEntry entry{line.text, line.prefix_bytes, line.fields};
        if (syslog_) {
            syslog_->write(line.level, line.time, log_text(form_, line.level, line.time, entry));
            return;
        }
        const std::string text = log_line(form_, line.level, line.time, entry);
        if (file_) {
            file_->write(text);
        } else {
            write_unfiled_log(line.level, text, line.text);
        }
    };
    for (const Line& line : lines) put(line);
    if (dropped > 0) {
        put({LogLevel::warn, wall_now(),
             fmt::format("{} log lines dropped, the log is too slow for them", dropped)});
    }
}

}  // namespace midge
