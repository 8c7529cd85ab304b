#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/files.h"

namespace midge {
namespace {

constexpr mode_t owner_only_file = 0600;
constexpr mode_t owner_only_directory = 0700;

tl::unexpected<Error> system_error(const char* what, const std::filesystem::path& path) {
    const int code = errno;
    const Errc errc = code == ENOENT                    ? Errc::not_found
                      : code == EACCES || code == EPERM ? Errc::denied
                                                        : Errc::failed;
    return fail(
        errc, fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(code)));
}

// A file descriptor that is closed by the destructor.
class Descriptor {
  public:
    explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }
    explicit operator bool() const noexcept { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

bool write_all(int descriptor, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
}

Result<> write_new_file(const std::filesystem::path& file, std::string_view content) {
    const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                owner_only_file));
    if (!out) return system_error("create", file);
    if (!write_all(out.get(), content)) return system_error("write", file);
    if (::fsync(out.get()) != 0) return system_error("sync", file);
    return {};
}

}  // namespace

Result<> make_private_directory(const std::filesystem::path& directory) {
    const std::filesystem::path parent = directory.parent_path();
    std::error_code ignored;
    if (!parent.empty() && parent != directory && !std::filesystem::exists(parent, ignored)) {
        if (auto made = make_private_directory(parent); !made) return made;
    }
    if (::mkdir(directory.c_str(), owner_only_directory) != 0 && errno != EEXIST) {
        return system_error("create directory", directory);
    }
    if (!std::filesystem::is_directory(directory, ignored)) {
        return fail(Errc::invalid, fmt::format("{} is not a directory", directory.string()));
    }
    if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0) {
        return system_error("access directory", directory);
    }
    return {};
}

Result<std::string> read_file(const std::filesystem::path& file, size_t bytes_max) {
    // Non-blocking, because opening a pipe would otherwise wait for its writer.
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!in) return system_error("open", file);
    struct stat status {};
    if (::fstat(in.get(), &status) != 0) return system_error("stat", file);
    if (!S_ISREG(status.st_mode)) {
        return fail(Errc::invalid, fmt::format("{} is not a regular file", file.string()));
    }
    std::string content;
    char buffer[16 * 1024];
    for (;;) {
        const ssize_t got = ::read(in.get(), buffer, sizeof(buffer));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("read", file);
        if (got == 0) return content;
        content.append(buffer, static_cast<size_t>(got));
        if (content.size() > bytes_max) {
            return fail(Errc::invalid,
                        fmt::format("{} is over {} bytes", file.string(), bytes_max));
        }
    }
}

Result<> replace_file(const std::filesystem::path& file, const std::filesystem::path& temporary,
                      std::string_view content) {
    if (auto written = write_new_file(temporary, content); !written) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (::rename(temporary.c_str(), file.c_str()) != 0) {
        const auto error = system_error("replace", file);
        ::unlink(temporary.c_str());
        return error;
    }
    return sync_directory(file.parent_path());
}

Result<> sync_directory(const std::filesystem::path& directory) {
    const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened) return system_error("open directory", directory);
    if (::fsync(opened.get()) != 0) return system_error("sync directory", directory);
    return {};
}

Result<AppendFile> AppendFile::open(const std::filesystem::path& file) {
    const int descriptor = ::open(
        file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, owner_only_file);
    if (descriptor < 0) return system_error("open", file);
    return AppendFile(file, descriptor);
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

AppendFile::~AppendFile() {
    if (descriptor_ >= 0) ::close(static_cast<int>(descriptor_));
}

Result<> AppendFile::write(std::string_view bytes) {
    if (!write_all(static_cast<int>(descriptor_), bytes)) return system_error("write", file_);
    return {};
}

Result<> AppendFile::sync() {
    // EINVAL means a pipe or terminal, which cannot be synced.
    if (::fsync(static_cast<int>(descriptor_)) != 0 && errno != EINVAL)
        return system_error("sync", file_);
    return {};
}

std::optional<uint64_t> AppendFile::size() const {
    struct stat status {};
    if (::fstat(static_cast<int>(descriptor_), &status) != 0 || !S_ISREG(status.st_mode))
        return std::nullopt;
    return static_cast<uint64_t>(status.st_size);
}

bool AppendFile::is_in_place() const {
    struct stat mine {};
    struct stat there {};
    return ::fstat(static_cast<int>(descriptor_), &mine) == 0 &&
           ::stat(file_.c_str(), &there) == 0 && mine.st_dev == there.st_dev &&
           mine.st_ino == there.st_ino;
}

}  // namespace midge
