#pragma once
// What a configuration would change of another, for people and scripts.
#include <string>

#include "config/options.h"

namespace midge {

struct DiffReport {
    // One line for each setting that either configuration sets otherwise than the default, in the
    // order of the options table: "max_payload: 1048576 -> 2048, applied by a reload",
    // "port: 4222 -> 4333, needs a restart", "debug: true, unchanged". Secrets are not shown.
    std::string text;
    bool needs_restart = false;  // so a reload would refuse all of it
};

[[nodiscard]] DiffReport report_diff(const Options& before, const Options& after);

}  // namespace midge
