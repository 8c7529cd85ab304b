#pragma once
// Windows only: time zones by IANA name. Windows itself has no files for them.
#include <filesystem>

namespace midge {

// Tells the time zone library of this process where the zone files are (share/zoneinfo beside the
// folder of `program`) and which zone the machine is in. Environment variables that are already set
// (TZDIR, TZ, LOCALTIME) are kept. Requires: called before any thread starts.
void prepare_time_zones(const std::filesystem::path& program);

}  // namespace midge
