#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "base/program.h"
#include "process_info.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

fs::path program_of(const std::string& process) {
    std::error_code failure;
    return fs::read_symlink(fs::path("/proc") / process / "exe", failure);
}

}  // namespace

int current_process_id() noexcept {
    return static_cast<int>(::getpid());
}

std::vector<int> other_instances() {
    const fs::path own = program_file();
    std::vector<int> ids;
    std::error_code failure;
    for (fs::directory_iterator it("/proc", failure), end; !failure && it != end;
         it.increment(failure)) {
        const std::string name = it->path().filename().string();
        int id = 0;
        const auto [stop, bad] = std::from_chars(name.data(), name.data() + name.size(), id);
        if (bad != std::errc() || stop != name.data() + name.size()) continue;
        if (id != current_process_id() && !own.empty() && program_of(name) == own)
            ids.push_back(id);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

}  // namespace midge
