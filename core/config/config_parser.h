#pragma once
// Parses a configuration text to a tree of values (docs/protocol/configuration.md, Syntax).
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config_value.h"

namespace midge {

inline constexpr size_t config_file_bytes_max = 64 * 1024 * 1024;
inline constexpr int config_depth_max = 64;          // nesting of blocks and lists
inline constexpr int config_include_depth_max = 16;  // nesting of included files
inline constexpr size_t config_values_max =
    4'000'000;  // in the whole tree, including copies of variables

// The data outside its own text that a configuration may refer to.
struct ConfigSources {
    // Returns the text of a file. Fails with "open <path>: no such file or directory" and the like.
    std::function<Result<std::string>(const std::string& path)> read_file;
    // Returns no value if the variable is not set.
    std::function<std::optional<std::string>(const std::string& name)> environment;
};

// Returns the files and the environment of this process. Files of more than config_file_bytes_max
// bytes fail.
[[nodiscard]] ConfigSources system_config_sources();

// Reads `path` and the files it includes. Fails with nats-server's texts, "Parse error on line 2:
// '...'" or "<file>:<line>:<col>: ...", or with the error of ConfigSources if the file cannot be
// read.
[[nodiscard]] Result<ConfigMap> parse_config_file(const std::string& path,
                                                  const ConfigSources& sources);

// The same for a text in memory. `path` is its name in positions, and its folder is that of
// relative includes.
[[nodiscard]] Result<ConfigMap> parse_config_text(std::string_view text, const std::string& path,
                                                  const ConfigSources& sources);

}  // namespace midge
