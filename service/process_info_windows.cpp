#include <windows.h>

#include "process_info.h"

namespace midge {

int current_process_id() noexcept {
    return static_cast<int>(::GetCurrentProcessId());
}

}  // namespace midge
