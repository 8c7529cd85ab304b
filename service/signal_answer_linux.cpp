#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

#include "base/clock.h"
#include "base/program.h"
#include "base/text.h"
#include "signal_answer.h"
#include "signal_answer_text.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds look_after_process{200};
// What the system names an abstract socket that is bound to no name: a zero byte and five digits.
constexpr size_t name_digits = 5;
constexpr int hex = 16;

std::string error_text() {
    return to_lower_ascii(std::generic_category().message(errno));
}

// Whether a thread, by the folder of /proc, has the signal blocked. The thread that waits for
// signals has it not while it waits, but all others have.
bool blocks_signal(const fs::path& thread, int signal) {
    std::ifstream status(thread / "status");
    for (std::string line; std::getline(status, line);) {
        constexpr std::string_view name = "SigBlk:";
        if (!line.starts_with(name)) continue;
        const std::string_view digits = trim(std::string_view(line).substr(name.size()));
        uint64_t mask = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), mask, hex);
        return (mask >> (signal - 1) & 1) != 0;
    }
    return false;
}

// The name of its program, also after an upgrade replaced the file. A process with other rights
// than ours shows only what it was called by.
std::string program_name_of(int process) {
    std::error_code failure;
    const fs::path about = fs::path("/proc") / std::to_string(process);
    const fs::path file = fs::read_symlink(about / "exe", failure);
    std::string name = file.filename().string();
    if (failure) {
        std::ifstream command(about / "comm");
        std::getline(command, name);
    }
    return name.substr(0, name.find(" (deleted)"));
}

sockaddr_un address_of(int number) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string digits = fmt::format("{:05x}", number);
    std::copy(digits.begin(), digits.end(), address.sun_path + 1);
    return address;
}

constexpr socklen_t address_size = offsetof(sockaddr_un, sun_path) + 1 + name_digits;

// One datagram that `process` sent; nothing: another's, or none.
std::optional<std::string> receive_from(int socket, int process) {
    std::string text(answer_bytes_max, '\0');
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket, &message, MSG_DONTWAIT);
    const cmsghdr* const about = size <= 0 ? nullptr : CMSG_FIRSTHDR(&message);
    if (about == nullptr || about->cmsg_type != SCM_CREDENTIALS) return std::nullopt;
    ucred sender{};
    std::memcpy(&sender, CMSG_DATA(about), sizeof sender);
    if (sender.pid != process) return std::nullopt;
    text.resize(static_cast<size_t>(size));
    return text;
}

}  // namespace

int answered_reload_signal() noexcept {
    return SIGRTMIN + 1;
}

int diff_signal() noexcept {
    return SIGRTMIN + 2;
}

bool takes_question(int process, int signal) {
    if (program_name_of(process) != program_file().filename()) return false;
    std::error_code failure;
    const fs::path threads = fs::path("/proc") / std::to_string(process) / "task";
    for (fs::directory_iterator it(threads, failure), end; !failure && it != end;
         it.increment(failure)) {
        if (blocks_signal(it->path(), signal)) return true;
    }
    return false;
}

void send_answer(const SignalAsker& asker, const Result<std::string>& outcome) {
    if (asker.process == 0) return;
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    const std::string text = encode_answer(outcome);
    const sockaddr_un address = address_of(asker.socket);
    (void)::sendto(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                   reinterpret_cast<const sockaddr*>(&address), address_size);
    ::close(socket);
}

AnswerSocket::~AnswerSocket() {
    if (socket_ >= 0) ::close(socket_);
}

Result<int> AnswerSocket::open() {
    const auto failed = [](std::string_view call) {
        return fail(Errc::unavailable, fmt::format("{}: {}", call, error_text()));
    };
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return failed("socket");
    const int on = 1;
    if (::setsockopt(socket_, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
        return failed("setsockopt");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, generic, sizeof address.sun_family) != 0) return failed("bind");
    socklen_t size = sizeof address;
    if (::getsockname(socket_, generic, &size) != 0) return failed("getsockname");
    int number = 0;
    const char* const digits = address.sun_path + 1;
    const auto [end, failure] = std::from_chars(digits, digits + name_digits, number, hex);
    if (size != address_size || failure != std::errc() || end != digits + name_digits)
        return fail(Errc::failed, "bind: the system gave no name of five digits");
    return number;
}

Result<std::string> AnswerSocket::wait(int process, std::chrono::milliseconds patience) const {
    const auto deadline = SteadyClock::now() + patience;
    while (SteadyClock::now() < deadline) {
        pollfd wanted{socket_, POLLIN, 0};
        if (::poll(&wanted, 1, static_cast<int>(look_after_process.count())) > 0) {
            auto answer = receive_from(socket_, process);
            if (!answer || answer->empty()) continue;
            return decode_answer(std::move(*answer));
        }
        if (::kill(process, 0) != 0 && errno == ESRCH) return ended_before_answer();
    }
    return no_answer_after(patience);
}

}  // namespace midge
