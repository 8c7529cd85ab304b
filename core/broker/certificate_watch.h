#pragma once
// Renewed TLS certificates.
#include "base/log.h"
#include "connection/settings.h"

namespace midge {

class SystemServices;

// From now on looks every ten seconds whether the TLS certificates of the listeners have been
// renewed, and uses the new ones for the connections after it, without a reload. Ends with the
// settings. A file that cannot be used is an error in the log, and the present certificate stays.
// Works on the system thread; `services` and `log` must outlive it. Any thread.
void watch_certificates(const Settings& settings, SystemServices& services, Logger& log);

}  // namespace midge
