#pragma once
#include <string_view>

#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads a tls { ... } block (docs/protocol/configuration.md, TLS block). No value: an error was
// reported.
[[nodiscard]] std::optional<TlsOptions> read_tls_block(ConfigReader& reader,
                                                       const ConfigEntry& entry);
// Reads the block of the client listener.
void read_tls(ConfigReader& reader, const ConfigEntry& entry, Options& options);

// The names that cipher_suites and curve_preferences accept, as nats-server lists them.
struct CipherSuiteName {
    std::string_view name;
    bool secure;
};
[[nodiscard]] const CipherSuiteName* find_cipher_suite(std::string_view name);
[[nodiscard]] bool is_curve_name(std::string_view name);

}  // namespace midge
