#pragma once
#include "config/config_reader.h"
#include "config/options.h"

// Readers for resolvers of account JWTs and their trusted operators
// (docs/protocol/configuration.md, Operators and resolvers), and for other plugins.
namespace midge {

void read_operator(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_trusted_keys(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_resolver(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_resolver_preload(ConfigReader& reader, const ConfigEntry& entry, Options& options);
// Checks the block. Its settings are passed on with those of the URL resolver.
void check_resolver_tls(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_pinned_accounts(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_event_sinks(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
