#include "common/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/encoding.h"
#include "base/program.h"
#include "base/random.h"
#include "common/file_sync.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

tl::unexpected<Error> file_error(const char* what, const fs::path& path, int error_number) {
    const Errc code = error_number == ENOENT ? Errc::not_found : Errc::failed;
    return fail(code, fmt::format("cannot {} \"{}\": {}", what, path.string(),
                                  std::strerror(error_number)));
}

tl::unexpected<Error> file_error(const char* what, const fs::path& path,
                                 const std::error_code& error) {
    return fail(fmt::format("cannot {} \"{}\": {}", what, path.string(), error.message()));
}

bool write_all(std::FILE* file, std::string_view bytes) {
    return std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
           std::fflush(file) == 0;
}

// Writes `temporary`. Requires: it does not exist yet.
Result<> write_new_file(const fs::path& temporary, std::string_view bytes) {
    File file(create_private_file(temporary));
    if (!file) return file_error("create", temporary, errno);
    if (!write_all(file.get(), bytes) || !sync_file(file.get()))
        return file_error("write", temporary, errno);
    if (std::fclose(file.release()) != 0) return file_error("write", temporary, errno);
    return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, size_t bytes_max) {
    std::error_code error;
    if (fs::is_directory(path, error))
        return fail(fmt::format("cannot read \"{}\": it is a folder", path.string()));
    File file(open_c_file(path, "rb"));
    if (!file) return file_error("read", path, errno);
    std::string out;
    char chunk[16 * 1024];
    while (const size_t count = std::fread(chunk, 1, sizeof chunk, file.get())) {
        if (out.size() + count > bytes_max) {
            return fail(Errc::invalid, fmt::format("cannot read \"{}\": it has more than {} bytes",
                                                   path.string(), bytes_max));
        }
        out.append(chunk, count);
    }
    if (std::ferror(file.get()) != 0) return file_error("read", path, errno);
    return out;
}

Result<> make_private_folders(const fs::path& path) {
    std::error_code error;
    if (path.empty() || fs::is_directory(path, error)) return {};
    if (path.has_parent_path() && path.parent_path() != path) {
        if (auto made = make_private_folders(path.parent_path()); !made) return made;
    }
    create_private_folder(path, error);
    if (error) return file_error("make folder", path, error);
    return {};
}

Result<> write_private_file(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    const fs::path target = fs::is_symlink(path, error) ? fs::weakly_canonical(path, error) : path;
    if (auto made = make_private_folders(target.parent_path()); !made) return made;
    fs::path temporary = target;
    temporary += "." + hex_encode(random_bytes(8)) + ".tmp";
    auto written = write_new_file(temporary, bytes);
    if (written) {
        fs::rename(temporary, target, error);
        if (error) written = file_error("write", target, error);
    }
    if (!written) {
        std::error_code ignored;
        fs::remove(temporary, ignored);
        return written;
    }
    sync_folder(target.has_parent_path() ? target.parent_path() : fs::path("."));
    return {};
}

Result<> write_output_file(const fs::path& path, std::string_view bytes) {
    std::error_code error;
    const auto type = fs::status(path, error).type();
    if (type == fs::file_type::regular || type == fs::file_type::not_found)
        return write_private_file(path, bytes);
    if (type == fs::file_type::directory)
        return fail(fmt::format("cannot write \"{}\": it is a folder", path.string()));
    File file(open_c_file(path, "wb"));
    if (!file || !write_all(file.get(), bytes)) return file_error("write", path, errno);
    return {};
}

Result<> remove_file(const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);
    if (error) return file_error("delete", path, error);
    return {};
}

}  // namespace midge::tools
