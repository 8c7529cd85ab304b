#pragma once
#include <optional>

#include "config/account_options.h"
#include "config/config_reader.h"

namespace midge {

// Reads msg_trace of an account: a subject, or { dest, sampling } (docs/protocol/configuration.md,
// Accounts). No value: there is no subject, or an error was reported.
[[nodiscard]] std::optional<AccountTraceOptions> read_trace(ConfigReader& reader,
                                                            const ConfigEntry& entry);

}  // namespace midge
