#pragma once
#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// authorization { ... } (spec config.md 5).
void read_authorization(ConfigReader& reader, const ConfigEntry& entry, Options& options);

// A key of a block with a single user or token; false: it is none of those.
[[nodiscard]] bool read_credential(ConfigReader& reader, const std::string& key,
                                   const ConfigEntry& entry, std::string& user,
                                   std::string& password, std::string& token);
// A list of users, as it stands in authorization and in accounts.
[[nodiscard]] std::vector<UserOptions> read_users(ConfigReader& reader, const ConfigEntry& entry);
// "Duplicate user "a" detected" if two of `users` and `others` have the same name or nkey.
[[nodiscard]] std::optional<std::string> find_duplicate(const std::vector<UserOptions>& users,
                                                        const std::vector<UserOptions>& others);

}  // namespace midge
