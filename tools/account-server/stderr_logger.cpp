#include "account-server/stderr_logger.h"

#include <Poco/DateTimeFormatter.h>
#include <Poco/LocalDateTime.h>
#include <Poco/Process.h>

#include <cstdio>

namespace midge::tools {
namespace {

const char* mark(LogLevel level) {
    switch (level) {
        case LogLevel::trace:
            return "TRC";
        case LogLevel::debug:
            return "DBG";
        case LogLevel::info:
            return "INF";
        case LogLevel::warn:
            return "WRN";
        case LogLevel::error:
            return "ERR";
        case LogLevel::fatal:
            return "FTL";
    }
    return "INF";
}

}  // namespace

StderrLogger::StderrLogger(const LoggingOptions& options) : options_(options) {}

bool StderrLogger::enabled(LogLevel level) const noexcept {
    if (level == LogLevel::trace) return options_.trace;
    if (level == LogLevel::debug) return options_.debug;
    return true;
}

void StderrLogger::write(LogLevel level, std::string_view line) noexcept {
    try {
        std::string out;
        if (options_.pid) out += fmt::format("[{}] ", Poco::Process::id());
        if (options_.time)
            out += Poco::DateTimeFormatter::format(Poco::LocalDateTime(), "%Y/%m/%d %H:%M:%S.%F ");
        out += fmt::format("[{}] {}\n", mark(level), line);
        const std::lock_guard lock(mutex_);
        std::fwrite(out.data(), 1, out.size(), stderr);
        std::fflush(stderr);
    } catch (const std::exception&) {
        // If there is no memory for a line, the line is lost.
    }
}

}  // namespace midge::tools
