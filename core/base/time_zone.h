#pragma once
// Windows only: time zones by IANA name, which Windows has no files of.
#include <filesystem>

namespace midge {

// Tells the time zone library of this process where the zones are (share/zoneinfo beside the folder
// of `program`) and which of them is the machine's, unless the environment says so already (TZDIR,
// TZ, LOCALTIME). Before any thread.
void prepare_time_zones(const std::filesystem::path& program);

}  // namespace midge
