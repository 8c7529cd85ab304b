#pragma once
#include <optional>

#include "config/account_options.h"
#include "config/config_reader.h"

namespace midge {

// msg_trace of an account: a subject, or { dest, sampling } (docs/protocol/configuration.md,
// Accounts). Nothing: there is no subject, or something is wrong, which was reported.
[[nodiscard]] std::optional<AccountTraceOptions> read_trace(ConfigReader& reader,
                                                            const ConfigEntry& entry);

}  // namespace midge
