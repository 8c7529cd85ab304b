#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/file.h"
#include "base/text.h"

namespace midge {
namespace {

constexpr int pipe_patience_ms = pipe_patience_seconds * 1000;

tl::unexpected<Error> file_error(const char* call, const std::string& path, int code) {
    const Errc errc = code == ENOENT ? Errc::not_found : Errc::failed;
    return fail(errc, fmt::format("{} {}: {}", call, path,
                                  to_lower_ascii(std::generic_category().message(code))));
}

class OpenFile {
  public:
    explicit OpenFile(int descriptor) noexcept : descriptor_(descriptor) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

  private:
    const int descriptor_;
};

// Waits until there is data or the end of the file; false after pipe_patience_seconds. Only a pipe
// makes it wait.
bool wait_for_writer(int descriptor) noexcept {
    pollfd wanted{.fd = descriptor, .events = POLLIN, .revents = 0};
    int ready = 0;
    do {
        ready = ::poll(&wanted, 1, pipe_patience_ms);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

}  // namespace

Result<std::string> read_text_file(const std::string& path, FileLimits limits) {
    // The system would stop at the null byte, and open the file that the text before it names.
    if (path.find('\0') != std::string::npos) return file_error("open", path, EINVAL);
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (file.get() < 0) return file_error("open", path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return file_error("stat", path, errno);
    const bool plain = S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
    if (!plain && !limits.pipes)
        return fail(Errc::invalid, fmt::format("read {}: not a regular file", path));
    std::string text;
    std::array<char, 64 * 1024> piece;
    while (true) {
        const ssize_t got = ::read(file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) {
            if (wait_for_writer(file.get())) continue;
            return file_error("read", path, ETIMEDOUT);
        }
        if (got < 0) return file_error("read", path, errno);
        if (got == 0) break;
        text.append(piece.data(), static_cast<size_t>(got));
        if (text.size() > limits.bytes_max) {
            return fail(Errc::invalid, fmt::format("read {}: the file is larger than {} bytes",
                                                   path, limits.bytes_max));
        }
    }
    // A named pipe ends at once if no process has opened it for writing.
    if (text.empty() && S_ISFIFO(status.st_mode))
        return fail(Errc::invalid, fmt::format("read {}: nobody writes to this pipe", path));
    return text;
}

}  // namespace midge
