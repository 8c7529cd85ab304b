#pragma once
// Tells a service manager how the service is doing.
#include "base/result.h"

namespace midge {

enum class ServiceState { ready, reloading, stopping };

// Says it to whoever started the process and asked to be told (systemd: NOTIFY_SOCKET); nothing to
// do if nobody did.
[[nodiscard]] Result<> notify_service_manager(ServiceState state);

}  // namespace midge
