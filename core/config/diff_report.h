#pragma once
// The differences between two configurations, for people and scripts.
#include <string>

#include "config/options.h"

namespace midge {

struct DiffReport {
    // One line for each setting that is not at its default in one of the configurations, in the
    // order of the options table: "max_payload: 1048576 -> 2048, applied by a reload", "port: 4222
    // -> 4333, needs a restart", "debug: true, unchanged". Secrets are not shown.
    std::string text;
    bool needs_restart = false;  // a reload would refuse all changes
};

[[nodiscard]] DiffReport report_diff(const Options& before, const Options& after);

}  // namespace midge
