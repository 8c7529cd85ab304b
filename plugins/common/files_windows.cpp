#include <fmt/format.h>
#include <windows.h>

#include <utility>

#include "base/windows_text.h"
#include "common/files.h"

namespace midge {
namespace {

tl::unexpected<Error> system_error(const char* what, const std::filesystem::path& path) {
    const DWORD code = ::GetLastError();
    const Errc errc = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? Errc::not_found
                      : code == ERROR_ACCESS_DENIED                                ? Errc::denied
                                                                                   : Errc::failed;
    return fail(errc, fmt::format("{} {}: {}", what, path.string(), windows_error_text(code)));
}

// A file handle that is closed by the destructor.
class FileHandle {
  public:
    explicit FileHandle(HANDLE handle) noexcept : handle_(handle) {}
    FileHandle(const FileHandle&) = delete;
    FileHandle& operator=(const FileHandle&) = delete;
    ~FileHandle() {
        if (*this) ::CloseHandle(handle_);
    }
    [[nodiscard]] HANDLE get() const noexcept { return handle_; }
    explicit operator bool() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }

  private:
    HANDLE handle_;
};

// Other programs may read, replace and delete the open file, as on other systems.
constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

bool write_all(HANDLE file, std::string_view bytes) noexcept {
    constexpr size_t piece_max = 1 << 20;
    while (!bytes.empty()) {
        DWORD written = 0;
        const auto size = static_cast<DWORD>(std::min(bytes.size(), piece_max));
        if (::WriteFile(file, bytes.data(), size, &written, nullptr) == 0) return false;
        bytes.remove_prefix(written);
    }
    return true;
}

Result<> write_new_file(const std::filesystem::path& file, std::string_view content) {
    const FileHandle out(::CreateFileW(file.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW,
                                       FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!out) return system_error("create", file);
    if (!write_all(out.get(), content)) return system_error("write", file);
    if (::FlushFileBuffers(out.get()) == 0) return system_error("sync", file);
    return {};
}

bool same_file(HANDLE a, HANDLE b) {
    BY_HANDLE_FILE_INFORMATION first{};
    BY_HANDLE_FILE_INFORMATION second{};
    return ::GetFileInformationByHandle(a, &first) != 0 &&
           ::GetFileInformationByHandle(b, &second) != 0 &&
           first.dwVolumeSerialNumber == second.dwVolumeSerialNumber &&
           first.nFileIndexHigh == second.nFileIndexHigh &&
           first.nFileIndexLow == second.nFileIndexLow;
}

HANDLE handle_of(intptr_t descriptor) {
    return reinterpret_cast<HANDLE>(descriptor);
}

}  // namespace

// Access rights are inherited: the installer and `midged --service install` restrict
// %ProgramData%\Midge, and users' folders are private.
Result<> make_private_directory(const std::filesystem::path& directory) {
    const std::filesystem::path parent = directory.parent_path();
    std::error_code ignored;
    if (!parent.empty() && parent != directory && !std::filesystem::exists(parent, ignored)) {
        if (auto made = make_private_directory(parent); !made) return made;
    }
    if (::CreateDirectoryW(directory.c_str(), nullptr) == 0 &&
        ::GetLastError() != ERROR_ALREADY_EXISTS) {
        return system_error("create directory", directory);
    }
    if (!std::filesystem::is_directory(directory, ignored)) {
        return fail(Errc::invalid, fmt::format("{} is not a directory", directory.string()));
    }
    // Only tests the rights to make and remove files in it.
    const FileHandle probe(
        ::CreateFileW(directory.c_str(), FILE_LIST_DIRECTORY | FILE_ADD_FILE | FILE_DELETE_CHILD,
                      share_all, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
    if (!probe) return system_error("access directory", directory);
    return {};
}

Result<std::string> read_file(const std::filesystem::path& file, size_t bytes_max) {
    const FileHandle in(::CreateFileW(file.c_str(), GENERIC_READ, share_all, nullptr, OPEN_EXISTING,
                                      FILE_FLAG_BACKUP_SEMANTICS, nullptr));
    if (!in) return system_error("open", file);
    BY_HANDLE_FILE_INFORMATION information{};
    const bool regular = ::GetFileType(in.get()) == FILE_TYPE_DISK &&
                         ::GetFileInformationByHandle(in.get(), &information) != 0 &&
                         (information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
    if (!regular)
        return fail(Errc::invalid, fmt::format("{} is not a regular file", file.string()));
    std::string content;
    char buffer[16 * 1024];
    for (;;) {
        DWORD got = 0;
        if (::ReadFile(in.get(), buffer, sizeof(buffer), &got, nullptr) == 0)
            return system_error("read", file);
        if (got == 0) return content;
        content.append(buffer, got);
        if (content.size() > bytes_max) {
            return fail(Errc::invalid,
                        fmt::format("{} is over {} bytes", file.string(), bytes_max));
        }
    }
}

Result<> replace_file(const std::filesystem::path& file, const std::filesystem::path& temporary,
                      std::string_view content) {
    if (auto written = write_new_file(temporary, content); !written) {
        ::DeleteFileW(temporary.c_str());
        return written;
    }
    // Write-through: returns after the rename is on the disk.
    if (::MoveFileExW(temporary.c_str(), file.c_str(),
                      MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) == 0) {
        const auto error = system_error("replace", file);
        ::DeleteFileW(temporary.c_str());
        return error;
    }
    return {};
}

// NTFS keeps a journal of renames and removals, and has no call to flush a folder.
Result<> sync_directory(const std::filesystem::path& /*directory*/) {
    return {};
}

Result<AppendFile> AppendFile::open(const std::filesystem::path& file) {
    const HANDLE handle =
        ::CreateFileW(file.c_str(), FILE_APPEND_DATA | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                      share_all, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (handle == INVALID_HANDLE_VALUE) return system_error("open", file);
    return AppendFile(file, reinterpret_cast<intptr_t>(handle));
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

AppendFile::~AppendFile() {
    if (descriptor_ != -1) ::CloseHandle(handle_of(descriptor_));
}

Result<> AppendFile::write(std::string_view bytes) {
    if (!write_all(handle_of(descriptor_), bytes)) return system_error("write", file_);
    return {};
}

Result<> AppendFile::sync() {
    // Pipes and consoles cannot be synced.
    if (::GetFileType(handle_of(descriptor_)) != FILE_TYPE_DISK) return {};
    if (::FlushFileBuffers(handle_of(descriptor_)) == 0) return system_error("sync", file_);
    return {};
}

std::optional<uint64_t> AppendFile::size() const {
    LARGE_INTEGER bytes{};
    if (::GetFileType(handle_of(descriptor_)) != FILE_TYPE_DISK ||
        ::GetFileSizeEx(handle_of(descriptor_), &bytes) == 0)
        return std::nullopt;
    return static_cast<uint64_t>(bytes.QuadPart);
}

bool AppendFile::is_in_place() const {
    const FileHandle there(::CreateFileW(file_.c_str(), FILE_READ_ATTRIBUTES, share_all, nullptr,
                                         OPEN_EXISTING, 0, nullptr));
    return there && same_file(handle_of(descriptor_), there.get());
}

}  // namespace midge
