#pragma once
// Which setting stands at a place of a configuration.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/block_keys.h"
#include "config/config_value.h"

namespace midge {

struct FoundSetting {
    std::string path;        // "authorization.users.password"
    std::string block_path;  // of the block that it is in, empty at the top level
    std::string key;         // as written
    BlockId block = BlockId::none;
    std::string wants;                   // what its value must be; empty: not known
    std::string_view values;             // the words that it may be, if these are all
    const ConfigValue* value = nullptr;  // of the setting, or one item of its list
};

// By `position.start` and its file. Nothing: no setting stands there.
[[nodiscard]] std::optional<FoundSetting> find_setting_at(const ConfigMap& root,
                                                          const ConfigPosition& position);

// Where the users stand whose name is quoted in `message`: `Duplicate user "a" detected`.
[[nodiscard]] std::vector<TextPlace> user_places(const ConfigMap& root, std::string_view message);

// Whether the value of a setting may be a password, token, seed or JWT, by its name or itself.
[[nodiscard]] bool is_secret_setting(std::string_view path, std::string_view value);

}  // namespace midge
