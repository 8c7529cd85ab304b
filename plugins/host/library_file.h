#pragma once
#include <filesystem>

#include "base/result.h"

namespace midge {

// Checks that a library's file has all parts that the system's loader would map into memory. On
// Linux, a half-copied file would end the process when a missing page is accessed. Other errors are
// reported by the loader. Implemented in library_file_<system>.cpp.
[[nodiscard]] Result<> check_library_file(const std::filesystem::path& file);

}  // namespace midge
