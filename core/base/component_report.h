#pragma once
// The answer of a plugin instance to the question about its health and metrics.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace midge {

enum class Health { ok, degraded, down };

struct ComponentReport {
    std::string kind;      // "resolver", "sink"
    std::string instance;  // its name in the configuration
    std::string plugin;    // "resolver-url"
    std::string version;
    Health health = Health::ok;
    std::string text;                                      // one line about the health
    std::vector<std::pair<std::string, int64_t>> metrics;  // by name
};

}  // namespace midge
