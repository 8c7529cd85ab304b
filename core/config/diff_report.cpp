#include "config/diff_report.h"

#include <fmt/format.h>

#include "config/options_diff.h"
#include "config/options_table.h"

namespace midge {
namespace {

std::string shown(const std::string& value) {
    return value.empty() ? "none" : value;
}

std::string line_of(const OptionChange& change) {
    const std::string_view verdict = change.reloadable ? "applied by a reload" : "needs a restart";
    if (change.before == change.after)
        return fmt::format("{}: changed, {}\n", change.setting, verdict);
    return fmt::format("{}: {} -> {}, {}\n", change.setting, shown(change.before),
                       shown(change.after), verdict);
}

}  // namespace

DiffReport report_diff(const Options& before, const Options& after) {
    const Options defaults;
    DiffReport report;
    const std::vector<OptionChange> changes = diff(before, after);
    auto change = changes.begin();
    for (const Setting& row : settings()) {
        if (change != changes.end() && change->setting == row.name) {
            report.text += line_of(*change);
            report.needs_restart = report.needs_restart || !change->reloadable;
            ++change;
        } else if (row.show && row.show(after) != row.show(defaults)) {
            report.text += row.secret
                               ? fmt::format("{}: unchanged\n", row.name)
                               : fmt::format("{}: {}, unchanged\n", row.name, row.show(after));
        }
    }
    if (before.resolvers.empty() != after.resolvers.empty()) {
        report.text += "resolver: moving to or from an account resolver needs a restart\n";
        report.needs_restart = true;
    }
    return report;
}

}  // namespace midge
