#pragma once
// Configuration text -> tree of values (spec config.md 1).
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config_value.h"

namespace midge {

inline constexpr size_t config_file_bytes_max = 64 * 1024 * 1024;
inline constexpr int config_depth_max = 64;          // blocks and lists within each other
inline constexpr int config_include_depth_max = 16;  // files within files
inline constexpr size_t config_values_max =
    4'000'000;  // in the whole tree, copies of variables counted

// What a configuration may refer to outside its own text.
struct ConfigSources {
    // The text of a file; fails with "open <path>: no such file or directory" and the like.
    std::function<Result<std::string>(const std::string& path)> read_file;
    // Nothing when the variable is not set.
    std::function<std::optional<std::string>(const std::string& name)> environment;
};

// This process's files and environment. Files over config_file_bytes_max fail.
[[nodiscard]] ConfigSources system_config_sources();

// Reads `path` and the files it includes. Fails with nats-server's texts: "Parse error on line 2:
// '...'",
// "<file>:<line>:<col>: ...", or the reader's own when the file cannot be read.
[[nodiscard]] Result<ConfigMap> parse_config_file(const std::string& path,
                                                  const ConfigSources& sources);

// The same for a text in memory; `path` names it in positions, and includes are relative to its
// folder.
[[nodiscard]] Result<ConfigMap> parse_config_text(std::string_view text, const std::string& path,
                                                  const ConfigSources& sources);

}  // namespace midge
