#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/text.h"
#include "config/config_parser.h"

namespace midge {
namespace {

// The system's reason in the form of Go's errors: "open x.conf: no such file or directory".
std::string system_reason(const std::string& path, const char* call, int code) {
    return fmt::format("{} {}: {}", call, path,
                       to_lower_ascii(std::generic_category().message(code)));
}

Result<std::string> read_file(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(system_reason(path, "read", EISDIR));
    errno = 0;
    std::ifstream file(std::filesystem::path(path), std::ios::binary);
    if (!file) return fail(Errc::not_found, system_reason(path, "open", errno != 0 ? errno : EIO));
    // In pieces, since a pipe has no size.
    std::string text;
    std::array<char, 64 * 1024> piece;
    while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
        text.append(piece.data(), static_cast<size_t>(file.gcount()));
        if (text.size() > config_file_bytes_max) {
            return fail(Errc::invalid, fmt::format("read {}: the file is larger than {} bytes",
                                                   path, config_file_bytes_max));
        }
    }
    if (file.bad()) return fail(system_reason(path, "read", errno != 0 ? errno : EIO));
    return text;
}

}  // namespace

ConfigSources system_config_sources() {
    return {read_file, [](const std::string& name) -> std::optional<std::string> {
                const char* value = std::getenv(name.c_str());
                if (value == nullptr) return std::nullopt;
                return value;
            }};
}

}  // namespace midge
