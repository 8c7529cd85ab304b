#include "base/rotated_files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <string>
#include <string_view>
#include <system_error>

namespace midge {
namespace {

namespace fs = std::filesystem;

constexpr size_t stamp_length = std::string_view("2026.11.22.11.39.54.042354000").size();

std::string rotation_stamp(WallNanos now, RotationZone zone) {
    constexpr WallNanos nanos_of_second = 1'000'000'000;
    const auto seconds = static_cast<std::time_t>(now / nanos_of_second);
    const std::tm parts =
        zone == RotationZone::utc ? fmt::gmtime(seconds) : fmt::localtime(seconds);
    return fmt::format("{:%Y.%m.%d.%H.%M.%S}.{:09}", parts, now % nanos_of_second);
}

bool is_rotation_stamp(std::string_view text) {
    return text.size() == stamp_length && std::all_of(text.begin(), text.end(), [](char c) {
               return c == '.' || std::isdigit(static_cast<unsigned char>(c)) != 0;
           });
}

}  // namespace

fs::path rotated_name(const fs::path& path, WallNanos now, RotationZone zone) {
    for (;; ++now) {
        fs::path name = path;
        name += "." + rotation_stamp(now, zone);
        std::error_code ignored;
        if (!fs::exists(fs::symlink_status(name, ignored))) return name;
    }
}

Result<std::vector<fs::path>> rotated_files(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const std::string prefix = path.filename().string() + ".";
    std::vector<fs::path> files;
    std::error_code failure;
    for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
         it.increment(failure)) {
        const std::string name = it->path().filename().string();
        if (name.starts_with(prefix) &&
            is_rotation_stamp(std::string_view(name).substr(prefix.size()))) {
            files.push_back(it->path());
        }
    }
    if (failure) return fail(failure.message());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace midge
