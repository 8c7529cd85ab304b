#pragma once
// Log lines of a session; included by its implementation files only.
#include "broker/broker.h"
#include "broker/session.h"

namespace midge {

template <class... Args>
void Session::log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
    Logger& logger = loop_.broker().logger();
    if (!logger.enabled(level)) return;
    logger.write(level, log_prefix() + fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace midge
