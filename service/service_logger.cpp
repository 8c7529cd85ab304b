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

size_t fields_bytes(const LogFields& fields) {
    size_t bytes = 0;
    for (const auto& [name, value] : fields.all()) {
        const auto* const text = std::get_if<std::string>(&value);
        bytes += name.size() + (text != nullptr ? text->size() : sizeof(uint64_t));
    }
    return bytes;
}

}  // namespace

ServiceLogger::ServiceLogger(std::string program)
    : program_(std::move(program)),
      target_{form_of(LogOptions{}), nullptr, nullptr},
      lines_(1,
             {.bytes_max = log_queue_bytes_max,
              .bytes_of =
                  [](const Line& line) { return line.text.size() + fields_bytes(line.fields); }},
             [this](const WorkQueue<Line>::Batch& lines) { write_out(lines); }) {}

ServiceLogger::~ServiceLogger() {
    lines_.stop(true);
}

LogLineForm ServiceLogger::form_of(const LogOptions& options) {
    const bool color = options.file.empty() && understands_colors(StandardStream::err);
    return {current_process_id(), options.time, options.time_utc, color, options.json};
}

Result<ServiceLogger::Target> ServiceLogger::open(const LogOptions& options) {
    Target target;
    if (!options.file.empty()) {
        auto opened = LogFile::open(
            options.file, {options.size_limit, options.max_files, options.rotation_period},
            [this](LogLevel level, const std::string& text) { write(level, text); });
        if (!opened) return fail(opened.error().code, "error opening file: " + opened.error().text);
        target.file = std::move(*opened);
    } else if (options.syslog || !options.remote_syslog.empty()) {
        auto connected = Syslog::connect(options.remote_syslog, program_);
        if (!connected) return pass(connected);
        target.syslog = std::move(*connected);
    }
    target.form = form_of(options);
    target.debug = options.debug;
    target.trace = options.trace;
    return target;
}

ServiceLogger::Target ServiceLogger::use(Target target) {
    flush();  // what was logged so far belongs to the old target
    const std::lock_guard lock(target_mutex_);
    debug_ = target.debug;
    trace_ = target.trace;
    json_ = target.form.json;
    return std::exchange(target_, std::move(target));
}

Result<> ServiceLogger::configure(const LogOptions& options) {
    auto target = open(options);
    if (!target) return pass(target);
    use(std::move(*target));
    return {};
}

void ServiceLogger::reopen() {
    Result<> done;
    {
        const std::lock_guard lock(target_mutex_);
        if (!target_.file) {
            done = fail(Errc::unsupported, "the log is no file");
        } else {
            done = target_.file->reopen();
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
    lines_.wait_until_done(flush_time_max);
}

bool ServiceLogger::enabled(LogLevel level) const noexcept {
    if (level == LogLevel::trace) return trace_.load(std::memory_order_relaxed);
    if (level == LogLevel::debug) return debug_.load(std::memory_order_relaxed);
    return true;
}

void ServiceLogger::write(LogLevel level, std::string_view line) noexcept {
    try {
        queue({level, wall_now(), std::string(line)});
    } catch (const std::bad_alloc&) {
        return;  // a log line is not worth the process
    }
}

bool ServiceLogger::takes_fields() const noexcept {
    return json_.load(std::memory_order_relaxed);
}

void ServiceLogger::write_entry(LogLevel level, const LogEntry& entry) noexcept {
    try {
        queue({level, wall_now(), std::string(entry.text), entry.prefix_bytes, entry.fields});
    } catch (const std::bad_alloc&) {
        return;
    }
}

void ServiceLogger::queue(Line line) {
    const LogLevel level = line.level;
    if (!lines_.push(line)) {
        ++dropped_;
    } else if (level >= LogLevel::error && may_wait()) {
        lines_.wait_until_done(error_wait_max);
    }
}

bool ServiceLogger::may_wait() {
    const auto now = std::chrono::steady_clock::now();
    auto next = next_error_wait_.load();
    return now >= next && next_error_wait_.compare_exchange_strong(next, now + error_wait_interval);
}

void ServiceLogger::write_out(const WorkQueue<Line>::Batch& lines) {
    const std::lock_guard lock(target_mutex_);
    const auto put = [&](const Line& line) {
        const LogEntry entry{line.text, line.prefix_bytes, line.fields};
        if (target_.syslog) {
            target_.syslog->write(line.level, line.time,
                                  log_text(target_.form, line.level, line.time, entry));
            return;
        }
        const std::string text = log_line(target_.form, line.level, line.time, entry);
        if (target_.file) {
            target_.file->write(text);
        } else {
            write_unfiled_log(line.level, text, line.text);
        }
    };
    for (const Line& line : lines) put(line);
    if (const uint64_t dropped = dropped_.exchange(0); dropped > 0) {
        put({LogLevel::warn, wall_now(),
             fmt::format("{} log lines dropped, the log is too slow for them", dropped)});
    }
}

}  // namespace midge
