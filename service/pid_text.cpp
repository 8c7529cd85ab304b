#include "pid_text.h"

#include <array>
#include <charconv>
#include <fstream>
#include <system_error>

#include "base/text.h"

namespace midge {
namespace {

constexpr size_t pid_file_bytes_max = 64;

}  // namespace

Result<std::string> pid_text(const std::string& text) {
    std::ifstream file(text);
    std::array<char, pid_file_bytes_max> buffer{};
    file.read(buffer.data(), buffer.size());
    if (file.bad() || (file.gcount() == 0 && !file.eof())) return text;  // none, or a folder
    std::string content(trim({buffer.data(), static_cast<size_t>(file.gcount())}));
    // Not the same as no pid at all, which would mean whatever process runs.
    if (content.empty()) return fail(Errc::invalid, "invalid pid: ");
    return content;
}

Result<int> parse_pid(std::string_view digits) {
    int id = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (failure != std::errc() || end != digits.data() + digits.size() || id <= 0)
        return fail(Errc::invalid, "invalid pid: " + std::string(digits));
    return id;
}

}  // namespace midge
