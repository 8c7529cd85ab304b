#pragma once
// The names of files that are moved away when they are large or old enough, as nats-server gives
// them to its logs: "<path>.<yyyy>.<mm>.<dd>.<HH>.<MM>.<SS>.<nanoseconds>".
#include <filesystem>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace midge {

enum class RotationZone { local, utc };

// The name for the file at `path` that is moved away at the time `now`. If there is a file of that
// name, the next one that is free.
[[nodiscard]] std::filesystem::path rotated_name(const std::filesystem::path& path, WallNanos now,
                                                 RotationZone zone);

// The files beside `path` that have such a name, in the order of their times. The error is what the
// system says about the folder.
[[nodiscard]] Result<std::vector<std::filesystem::path>> rotated_files(
    const std::filesystem::path& path);

}  // namespace midge
