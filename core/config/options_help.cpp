#include <fmt/format.h>

#include "base/text.h"
#include "config/options_table.h"

namespace midge {
namespace {

std::string help_of(const Setting& row) {
    std::string names(row.name);
    for (const std::string_view alias : row.aliases) names += fmt::format(", {}", alias);
    std::string out = fmt::format("{}\n    {}\n    type: {}\n", names, row.help, row.type);
    if (row.show && !row.secret) {
        const std::string fallback = row.show(Options{});
        out += fmt::format("    default: {}\n", fallback.empty() ? "none" : fallback);
    }
    out += row.reloadable ? "    changes on reload\n" : "    needs a restart\n";
    return out;
}

}  // namespace

std::string config_help(std::string_view key) {
    const Setting* wanted = key.empty() ? nullptr : find_setting(key);
    if (!key.empty() && wanted == nullptr) return {};
    std::string out;
    for (const Setting& row : settings()) {
        const bool inside =
            wanted != nullptr && row.name.starts_with(fmt::format("{}.", wanted->name));
        if (wanted == nullptr || &row == wanted || inside) out += help_of(row);
    }
    return out;
}

}  // namespace midge
