#pragma once
#include <string_view>

// What nats-server's configuration has and this one does not yet (spec config.md 2-14), to be told
// from what is misspelt. Keys in lower case.
namespace midge {

[[nodiscard]] bool is_unbuilt_setting(std::string_view key);
// Whether a tls block may have it in nats-server.
[[nodiscard]] bool is_tls_setting(std::string_view key);

}  // namespace midge
