#pragma once
// `--service install`; for *_windows.cpp files only.
#include "service_control.h"

namespace midge {

// Makes the folder of the default configuration, for administrators only. Refuses a folder that
// belongs to somebody else.
[[nodiscard]] Result<ServiceAnswer> prepare_service(const ServiceOrder& request);

// Registers the service and its event source. If the configuration is in the default folder, that
// must belong to an administrator, and is restricted to administrators and the service's account.
// If a step fails, the previous steps are undone.
[[nodiscard]] Result<ServiceAnswer> install_service(const ServiceOrder& request);

// Returns an argument of a command line in the form that CommandLineToArgvW parses.
[[nodiscard]] std::string quoted_argument(const std::string& argument);

}  // namespace midge
