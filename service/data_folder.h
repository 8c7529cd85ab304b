#pragma once
// %ProgramData%\Midge, the default folder of configuration, keys, JWTs and log; for *_windows.cpp
// files only. Every user may make folders in %ProgramData%, so a folder of somebody else must not
// be used.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

[[nodiscard]] Result<std::filesystem::path> data_folder();
// Makes the folder for administrators and the system only. If it exists, it and everything in it
// must belong to administrators, the system, the current user, or one of `accounts`; otherwise this
// fails with `denied`, and names the file and its owner. Links are refused.
[[nodiscard]] Result<> prepare_data_folder(const std::filesystem::path& folder,
                                           const std::vector<std::string>& accounts);
// Gives administrators and the system all rights, gives `account` the rights to read and write, and
// denies everything to others.
[[nodiscard]] Result<> restrict_data_folder(const std::filesystem::path& folder,
                                            const std::string& account);

}  // namespace midge
