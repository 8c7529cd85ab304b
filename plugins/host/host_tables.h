#pragma once
// What the host's sides of resolver and sink plugins share.
#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "abi/midge_plugin.h"
#include "base/log.h"
#include "base/result.h"
#include "host/limits.h"

namespace midge {

// Keeps a host table until the process ends: a thread that a plugin failed to join may call it at
// any time, as its library is never unloaded either. Some hundred bytes per instance.
template <class Host>
[[nodiscard]] Host& keep_for_ever(std::unique_ptr<Host> host) {
    static std::mutex mutex;
    static auto& kept = *new std::vector<std::unique_ptr<Host>>;
    const std::lock_guard lock(mutex);
    return *kept.emplace_back(std::move(host));
}

// A structure of a plugin as this host knows it. `size` is what its writer knew: what that lacks is
// null here, and what it has more is left out.
template <class Struct>
[[nodiscard]] Struct known_part(const Struct& of_plugin) {
    Struct known{};
    std::memcpy(&known, &of_plugin, std::min<size_t>(of_plugin.size, sizeof(Struct)));
    return known;
}

[[nodiscard]] std::string_view to_view(midge_text text) noexcept;
[[nodiscard]] midge_text to_text(std::string_view view) noexcept;

// One printable line of at most plugin_line_bytes_max bytes from what a plugin says.
[[nodiscard]] std::string plugin_line(midge_text text);
// `level` of midge_log_level; unknown ones count as errors.
[[nodiscard]] LogLevel plugin_log_level(int level) noexcept;
// `status` of midge_status other than MIDGE_OK.
[[nodiscard]] Errc plugin_errc(int status) noexcept;

}  // namespace midge
