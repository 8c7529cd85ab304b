#pragma once
// Tells a service manager how the service is doing.
#include <chrono>
#include <optional>

#include "base/result.h"

namespace midge {

enum class ServiceState { ready, reloading, stopping, alive };

// Says it to whoever started the process and asked to be told (systemd: NOTIFY_SOCKET); nothing to
// do if nobody did. `time_wanted`: what the state may take, where it is more than the manager is
// set to wait; 0 leaves that as it is.
[[nodiscard]] Result<> notify_service_manager(ServiceState state,
                                              std::chrono::milliseconds time_wanted = {});

// How often at least the service manager of this process wants to be told `alive` (systemd:
// WATCHDOG_USEC); nothing if it does not.
[[nodiscard]] Result<std::optional<std::chrono::microseconds>> watchdog_limit();

}  // namespace midge
