#pragma once
// Reports the state of the service to a service manager.
#include <chrono>
#include <optional>

#include "base/result.h"

namespace midge {

enum class ServiceState { ready, reloading, stopping, alive };

// Reports the state to the service manager that started the process, if it wants reports (systemd:
// NOTIFY_SOCKET). `time_wanted`: time that the state may take, if it is more than the manager's
// limit; 0 keeps the limit.
[[nodiscard]] Result<> notify_service_manager(ServiceState state,
                                              std::chrono::milliseconds time_wanted = {});

// Returns the longest time that the service manager of this process allows between reports of
// `alive` (systemd: WATCHDOG_USEC); no value if it wants none.
[[nodiscard]] Result<std::optional<std::chrono::microseconds>> watchdog_limit();

}  // namespace midge
