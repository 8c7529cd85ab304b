#pragma once
// Typed access to the values of a configuration. Collects errors.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_problems.h"
#include "config/config_value.h"
#include "config/options_loader.h"

namespace midge {

// Exists during one load. Reports each error once, with its place; the getter then returns no
// value.
class ConfigReader {
  public:
    ConfigReader(const ConfigMap& root, const ConfigSources& sources,
                 const CredentialChecks& checks)
        : root_(root), sources_(sources), checks_(checks) {}

    // A value with another type is reported with the text of nats-server.
    [[nodiscard]] std::optional<std::string> text(const ConfigValue& value);
    [[nodiscard]] std::optional<bool> flag(const ConfigValue& value);
    [[nodiscard]] std::optional<int64_t> integer(const ConfigValue& value);
    // Also checks the limits, which are part of the message: "port is 70000, expected -1..65535".
    [[nodiscard]] std::optional<int64_t> integer(const ConfigEntry& entry, int64_t least,
                                                 int64_t most);
    [[nodiscard]] const ConfigMap* map(const ConfigValue& value);
    // Reads "250ms"; a number without unit means seconds, and causes a warning
    // (docs/protocol/configuration.md, Durations and sizes).
    [[nodiscard]] std::optional<std::chrono::nanoseconds> duration(const ConfigEntry& entry);
    // The same for settings that do not accept a bare number.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> written_duration(
        const ConfigEntry& entry);
    // Reads one text or a list of texts; `what` is the name of the setting in messages.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(const ConfigValue& value,
                                                                std::string_view what);
    // `role`: the first letter of such keys, or any_role.
    static constexpr char any_role = '*';
    [[nodiscard]] bool is_public_key(const std::string& key, char role) const {
        return !checks_.public_key || checks_.public_key(key, role);
    }

    // Calls `read` for each entry, with its key in lower case. If `read` returns false, the key is
    // unknown, which is reported unless the key was used as a variable.
    using EntryReader = std::function<bool(const std::string& key, const ConfigEntry& entry)>;
    void each_entry(const ConfigMap& map, const EntryReader& read);

    // Reports an error with the text of nats-server; problem_lines() adds an explanation.
    void error(const ConfigPosition& where, std::string_view message);
    // The same if nats-server reports another position or none.
    void error_about(const ConfigPosition& about, const ConfigPosition& where,
                     std::string_view message);
    // Reports an error with a text of Midge, which must name the setting, the value found and the
    // expected value.
    void own_error(const ConfigPosition& where, std::string_view message);
    void warning(const ConfigPosition& where, std::string_view field, std::string_view reason);
    // `"<key>" is not supported yet; nats-server has it, Midge does not`
    void not_supported(const ConfigEntry& entry);

    // Returns another setting of the top level, ignoring case; null if it is missing.
    [[nodiscard]] const ConfigEntry* top(std::string_view name) const;
    [[nodiscard]] const ConfigSources& sources() const noexcept { return sources_; }
    [[nodiscard]] const CredentialChecks& checks() const noexcept { return checks_; }
    [[nodiscard]] const std::vector<ConfigProblem>& warnings() const noexcept { return warnings_; }
    [[nodiscard]] const std::vector<ConfigProblem>& errors() const noexcept { return errors_; }

  private:
    void wrong_type(const ConfigValue& value, std::string_view expected);

    const ConfigMap& root_;
    const ConfigSources& sources_;
    const CredentialChecks& checks_;
    std::vector<ConfigProblem> warnings_;
    std::vector<ConfigProblem> errors_;
};

// Returns a scalar as messages show it. For lists and blocks, returns the name of their type.
[[nodiscard]] std::string written_text(const ConfigValue& value);

}  // namespace midge
