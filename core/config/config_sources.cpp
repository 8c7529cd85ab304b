#include <cstdlib>

#include "base/file.h"
#include "config/config_parser.h"

namespace midge {
namespace {

// Also reads pipes, with which a shell passes the output of another program.
Result<std::string> read_config_file(const std::string& path) {
    return read_text_file(path, {.bytes_max = config_file_bytes_max, .pipes = true});
}

}  // namespace

ConfigSources system_config_sources() {
    return {read_config_file, [](const std::string& name) -> std::optional<std::string> {
                const char* value = std::getenv(name.c_str());
                if (value == nullptr) return std::nullopt;
                return value;
            }};
}

}  // namespace midge
