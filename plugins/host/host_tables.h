#pragma once
// Shared by the host's side of resolver and sink plugins.
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

// Keeps a host table until the process ends, because a thread that a plugin has failed to join may
// call it at any time. (The library is never unloaded, either.) Some hundred bytes for each
// instance.
template <class Host>
[[nodiscard]] Host& keep_for_ever(std::unique_ptr<Host> host) {
    static std::mutex mutex;
    static auto& kept = *new std::vector<std::unique_ptr<Host>>;
    const std::lock_guard lock(mutex);
    return *kept.emplace_back(std::move(host));
}

// Returns a structure of a plugin in the host's version. `size` is the number of bytes that its
// writer knew: missing fields are null, and additional fields are omitted.
template <class Struct>
[[nodiscard]] Struct known_part(const Struct& of_plugin) {
    Struct known{};
    std::memcpy(&known, &of_plugin, std::min<size_t>(of_plugin.size, sizeof(Struct)));
    return known;
}

[[nodiscard]] std::string_view to_view(midge_text text) noexcept;
[[nodiscard]] midge_text to_text(std::string_view view) noexcept;

// Returns a text of a plugin as one printable line of at most plugin_line_bytes_max bytes.
[[nodiscard]] std::string plugin_line(midge_text text);
// `level`: midge_log_level; unknown levels count as errors.
[[nodiscard]] LogLevel plugin_log_level(int level) noexcept;
// `status`: midge_status other than MIDGE_OK.
[[nodiscard]] Errc plugin_errc(int status) noexcept;

}  // namespace midge
