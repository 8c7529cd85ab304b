#pragma once
#include "config/config_reader.h"
#include "config/options.h"

// Readers for settings of the whole server that need more than a type and limits
// (docs/protocol/configuration.md, General settings).
namespace midge {

// Reads "host:port" or a port; without a host, that of Options. No value: an error was reported.
[[nodiscard]] std::optional<std::pair<std::string, int>> read_host_and_port(
    ConfigReader& reader, const ConfigEntry& entry);
// The same, with port 0 for the default port.
void read_listen(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_server_name(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_server_tags(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_server_metadata(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_max_connections(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_no_fast_producer_stall(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_no_header_support(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_lame_duck_duration(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_lame_duck_grace_period(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_logfile_rotate_every(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_log_format(ConfigReader& reader, const ConfigEntry& entry, Options& options);
// Both also set `trace`.
void read_trace_verbose(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_trace_headers(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_system_account(ConfigReader& reader, const ConfigEntry& entry, Options& options);
void read_reactor(ConfigReader& reader, const ConfigEntry& entry, Options& options);

}  // namespace midge
