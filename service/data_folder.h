#pragma once
// %ProgramData%\Midge, where configuration, keys, JWTs and log are by default; for *_windows.cpp
// files only. Everybody may make folders in %ProgramData%: what somebody else has put there must
// not become ours.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

[[nodiscard]] Result<std::filesystem::path> data_folder();
// Makes it for administrators and the system only. If it is there, it and all in it must belong to
// them, to who is asking, or to one of `accounts`; else this fails with `denied`, naming file and
// owner. Links to elsewhere are refused.
[[nodiscard]] Result<> prepare_data_folder(const std::filesystem::path& folder,
                                           const std::vector<std::string>& accounts);
// Administrators and the system may do anything in it, `account` reads and writes, and nobody else
// sees a thing.
[[nodiscard]] Result<> restrict_data_folder(const std::filesystem::path& folder,
                                            const std::string& account);

}  // namespace midge
