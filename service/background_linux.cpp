#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "background.h"

namespace midge {
namespace {

tl::unexpected<Error> system_failure(const char* call) {
    return fail(Errc::failed, fmt::format("{}: {}", call, std::generic_category().message(errno)));
}

// Exits with 0 if the service has started, otherwise with 1.
[[noreturn]] void wait_for_child(int from_child) {
    char state = 0;
    ssize_t got = 0;
    do {
        got = ::read(from_child, &state, 1);
    } while (got < 0 && errno == EINTR);
    ::_exit(got == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

Result<Background> Background::enter() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_failure("pipe");
    const pid_t first = ::fork();
    if (first < 0) return system_failure("fork");
    if (first > 0) {
        ::close(ends[1]);
        wait_for_child(ends[0]);
    }
    ::close(ends[0]);
    if (::setsid() < 0) return system_failure("setsid");
    // A second fork, so that the process is not a session leader and can never get a terminal.
    const pid_t second = ::fork();
    if (second < 0) return system_failure("fork");
    if (second > 0) ::_exit(EXIT_SUCCESS);
    return Background(ends[1]);
}

Background::~Background() {
    if (to_parent_ >= 0) ::close(to_parent_);
}

Background::Background(Background&& other) noexcept
    : to_parent_(std::exchange(other.to_parent_, -1)) {}

Background& Background::operator=(Background&& other) noexcept {
    std::swap(to_parent_, other.to_parent_);
    return *this;
}

void Background::ready() noexcept {
    if (to_parent_ < 0) return;
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (nothing >= 0) ::dup2(nothing, stream);
    }
    if (nothing > STDERR_FILENO) ::close(nothing);
    const char state = 1;
    [[maybe_unused]] const ssize_t sent = ::write(to_parent_, &state, 1);
    ::close(std::exchange(to_parent_, -1));
}

}  // namespace midge
