#pragma once
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

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
[[nodiscard]] std::string not_a_list_of_users(const ConfigValue& value);
[[nodiscard]] std::vector<UserOptions> read_users(ConfigReader& reader, const ConfigEntry& entry);
// The names and nkeys that users have so far, which no other may have.
class UserNames {
  public:
    // Adds those of `users`. "Duplicate user "a" detected" of the first one that there is already.
    [[nodiscard]] std::optional<std::string> add(const std::vector<UserOptions>& users);

  private:
    std::unordered_set<std::string> names_;
};

}  // namespace midge
