#pragma once
// `--service install`; for *_windows.cpp files only.
#include "service_control.h"

namespace midge {

// Makes the folder of the default configuration, for administrators only; refuses one that is
// somebody else's.
[[nodiscard]] Result<ServiceAnswer> prepare_service(const ServiceOrder& request);

// If its configuration is in the default folder: that must be an administrator's, and is closed to
// all but those and the service's account. Registers the service and its event source. Undoes what
// it did when a part fails.
[[nodiscard]] Result<ServiceAnswer> install_service(const ServiceOrder& request);

// One word of a command line, as CommandLineToArgvW reads it back.
[[nodiscard]] std::string quoted_argument(const std::string& argument);

}  // namespace midge
