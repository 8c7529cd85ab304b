#pragma once
// This process and others, as the system knows them.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

[[nodiscard]] int current_process_id() noexcept;
[[nodiscard]] bool stderr_is_terminal() noexcept;
// The file of the running program, links resolved; empty if the system does not say.
[[nodiscard]] std::filesystem::path program_path();
// Ids of the other processes that run this very program, ascending.
[[nodiscard]] std::vector<int> other_instances();

}  // namespace midge
