#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <utility>

#include "stop_event.h"

namespace midge::cli {
namespace {

// A signal handler can only access a global, which exists longer than every event.
volatile std::sig_atomic_t signal_descriptor = -1;

void set_descriptor(int descriptor) noexcept {
    const int saved = errno;
    const uint64_t one = 1;
    // Fails only if the counter is full, and then the event is already set.
    [[maybe_unused]] const ssize_t written = write(descriptor, &one, sizeof one);
    errno = saved;
}

void on_signal(int) {
    set_descriptor(signal_descriptor);
}

}  // namespace

Result<StopEvent> StopEvent::create() {
    const int descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (descriptor < 0) return fail(std::string("eventfd: ") + std::strerror(errno));
    return StopEvent(descriptor);
}

StopEvent::StopEvent(StopEvent&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StopEvent::~StopEvent() {
    if (descriptor_ < 0) return;
    if (signal_descriptor == descriptor_) {
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        std::signal(SIGQUIT, SIG_DFL);
        signal_descriptor = -1;
    }
    close(descriptor_);
}

void StopEvent::set() noexcept {
    set_descriptor(descriptor_);
}

bool StopEvent::wait(std::optional<std::chrono::milliseconds> wait) noexcept {
    const std::chrono::steady_clock::time_point end =
        std::chrono::steady_clock::now() + wait.value_or(std::chrono::milliseconds(0));
    pollfd watched{descriptor_, POLLIN, 0};
    while (true) {
        int left = -1;
        if (wait) {
            const auto rest = std::chrono::ceil<std::chrono::milliseconds>(
                end - std::chrono::steady_clock::now());
            left = static_cast<int>(std::clamp<int64_t>(rest.count(), 0, INT32_MAX));
        }
        const int ready = poll(&watched, 1, left);
        if (ready > 0) return true;
        if (ready == 0 && wait && std::chrono::steady_clock::now() >= end) return false;
    }
}

void StopEvent::set_on_signals() noexcept {
    signal_descriptor = descriptor_;
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGQUIT, on_signal);
}

}  // namespace midge::cli
