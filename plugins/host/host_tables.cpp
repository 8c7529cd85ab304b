#include "host/host_tables.h"

namespace midge {

std::string_view to_view(midge_text text) noexcept {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.size);
}

midge_text to_text(std::string_view view) noexcept {
    return {view.data(), view.size()};
}

std::string plugin_line(midge_text text) {
    std::string line(to_view(text).substr(0, plugin_line_bytes_max));
    for (char& c : line) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
    }
    return line;
}

LogLevel plugin_log_level(int level) noexcept {
    switch (level) {
        case MIDGE_LOG_TRACE:
            return LogLevel::trace;
        case MIDGE_LOG_DEBUG:
            return LogLevel::debug;
        case MIDGE_LOG_INFO:
            return LogLevel::info;
        case MIDGE_LOG_WARN:
            return LogLevel::warn;
        default:
            return LogLevel::error;
    }
}

Errc plugin_errc(int status) noexcept {
    switch (status) {
        case MIDGE_NOT_FOUND:
            return Errc::not_found;
        case MIDGE_INVALID:
            return Errc::invalid;
        case MIDGE_DENIED:
            return Errc::denied;
        case MIDGE_UNAVAILABLE:
            return Errc::unavailable;
        case MIDGE_UNSUPPORTED:
            return Errc::unsupported;
        default:
            return Errc::failed;
    }
}

}  // namespace midge
