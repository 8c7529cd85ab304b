#pragma once
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "config/config_reader.h"
#include "config/options.h"

namespace midge {

// Reads authorization { ... } (docs/protocol/configuration.md, Authorization).
void read_authorization(ConfigReader& reader, const ConfigEntry& entry, Options& options);

// Reads a key of a block with a single user or token. Returns false for any other key.
[[nodiscard]] bool read_credential(ConfigReader& reader, const std::string& key,
                                   const ConfigEntry& entry, std::string& user,
                                   std::string& password, std::string& token);
// Returns the error for a value that should be a list of users in authorization or an account.
[[nodiscard]] std::string not_a_list_of_users(const ConfigValue& value);
[[nodiscard]] std::vector<UserOptions> read_users(ConfigReader& reader, const ConfigEntry& entry);
// The names and nkeys of all users so far, which must be unique.
class UserNames {
  public:
    // Adds the names of `users`. Returns an error about the first duplicate: "Duplicate user "a"
    // detected".
    [[nodiscard]] std::optional<std::string> add(const std::vector<UserOptions>& users);

  private:
    std::unordered_set<std::string> names_;
};

}  // namespace midge
