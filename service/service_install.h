#pragma once
// `--service install`; for *_windows.cpp files only.
#include "service_control.h"

namespace midge {

// Makes the folder of the configuration if it is the default one, closed to all but administrators
// and the service's account; registers the service and its event source. Undoes what it did when a
// part fails.
[[nodiscard]] Result<ServiceAnswer> install_service(const ServiceOrder& request);

// One word of a command line, as CommandLineToArgvW reads it back.
[[nodiscard]] std::string quoted_argument(const std::string& argument);

}  // namespace midge
