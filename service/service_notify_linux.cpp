#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <string_view>
#include <system_error>

#include "service_notify.h"

// The protocol of sd_notify(3): one datagram of assignments to the socket named in the environment.
namespace midge {
namespace {

// systemd compares it with the time of its reload request.
int64_t monotonic_micros() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

std::string message_of(ServiceState state) {
    switch (state) {
        case ServiceState::ready:
            return "READY=1";
        case ServiceState::reloading:
            return fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_micros());
        case ServiceState::alive:
            return "WATCHDOG=1";
        case ServiceState::stopping:
            break;
    }
    return "STOPPING=1";
}

// The limit is a day, more than any sensible timeout.
constexpr int64_t watchdog_micros_max = int64_t{24} * 60 * 60 * 1'000'000;

// Returns the number from 1 to `max` in an environment variable; no value if it is not set.
Result<std::optional<int64_t>> number_of(const char* variable, int64_t max) {
    const char* text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    const std::string_view digits(text);
    int64_t number = 0;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc() || end != digits.data() + digits.size() || number < 1 ||
        number > max) {
        return fail(Errc::invalid,
                    fmt::format("{} is \"{}\", expected 1..{}", variable, digits, max));
    }
    return number;
}

}  // namespace

Result<> notify_service_manager(ServiceState state, std::chrono::milliseconds time_wanted) {
    const char* path = std::getenv("NOTIFY_SOCKET");
    if (path == nullptr || *path == '\0') return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const size_t length = std::strlen(path);
    if (length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        return fail(
            Errc::invalid,
            fmt::format("NOTIFY_SOCKET is \"{}\", expected a path or an abstract name", path));
    }
    std::memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return fail(Errc::failed, std::generic_category().message(errno));
    std::string message = message_of(state);
    if (time_wanted.count() > 0) {
        message +=
            fmt::format("\nEXTEND_TIMEOUT_USEC={}", std::chrono::microseconds(time_wanted).count());
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    const ssize_t sent = ::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL,
                                  reinterpret_cast<const sockaddr*>(&address), size);
    const int code = errno;
    ::close(socket);
    if (sent < 0)
        return fail(Errc::unavailable,
                    fmt::format("{}: {}", path, std::generic_category().message(code)));
    return {};
}

// Like sd_watchdog_enabled(3): the process id prevents a child from using its parent's variables.
Result<std::optional<std::chrono::microseconds>> watchdog_limit() {
    auto micros = number_of("WATCHDOG_USEC", watchdog_micros_max);
    if (!micros) return pass(micros);
    auto process = number_of("WATCHDOG_PID", std::numeric_limits<pid_t>::max());
    if (!process) return pass(process);
    if (!*micros || (*process && **process != ::getpid())) return std::nullopt;
    return std::chrono::microseconds(**micros);
}

}  // namespace midge
