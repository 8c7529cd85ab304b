#pragma once
#include <filesystem>

#include "base/result.h"

namespace midge {

// Whether all of a library's file is there that the system's loader would map into memory: of one
// that was copied by half Linux has the missing pages end the process. What else is wrong with it
// the loader says.
// library_file_<system>.cpp
[[nodiscard]] Result<> check_library_file(const std::filesystem::path& file);

}  // namespace midge
