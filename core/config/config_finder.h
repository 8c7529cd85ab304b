#pragma once
// Finds the setting at a position of a configuration.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/block_keys.h"
#include "config/config_value.h"

namespace midge {

struct FoundSetting {
    std::string path;        // "authorization.users.password"
    std::string block_path;  // path of its block; empty at the top level
    std::string key;         // as written
    BlockId block = BlockId::none;
    std::string wants;                   // description of its values; empty: unknown
    std::string_view values;             // all allowed words, if only words are allowed
    const ConfigValue* value = nullptr;  // value of the setting, or one item of its list
};

// Compares the file and `position.start`. Returns no value if there is no setting.
[[nodiscard]] std::optional<FoundSetting> find_setting_at(const ConfigMap& root,
                                                          const ConfigPosition& position);

// Returns the places of the users whose name is quoted in `message`: `Duplicate user "a" detected`.
[[nodiscard]] std::vector<TextPlace> user_places(const ConfigMap& root, std::string_view message);

// Whether the value may be a password, token, seed or JWT, judging by the setting's name or the
// value.
[[nodiscard]] bool is_secret_setting(std::string_view path, std::string_view value);

}  // namespace midge
