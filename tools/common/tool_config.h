#pragma once
// nsc.json: the current stores folder, operator and account.
#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace midge::tools {

// A value.
struct ToolConfig {
    std::string store_root;
    std::string operator_name;
    std::string account;

    // Errc::not_found if there is no file.
    [[nodiscard]] static Result<ToolConfig> load(const std::filesystem::path& file);
    // Returns the content for a first run, without operator and account.
    [[nodiscard]] static ToolConfig first_run(const std::filesystem::path& stores);
    [[nodiscard]] Result<> save(const std::filesystem::path& file) const;

  private:
    std::string updates_from_;
    int64_t last_update_ = 0;
};

}  // namespace midge::tools
