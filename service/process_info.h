#pragma once
// Information about this process and others from the system.
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

[[nodiscard]] int current_process_id() noexcept;
// Ids of the other processes that run this very program, ascending. Not on Windows, where services
// have names.
[[nodiscard]] std::vector<int> other_instances();

}  // namespace midge
