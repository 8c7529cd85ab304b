#pragma once
// What a part of the server says about itself when it is asked.
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
