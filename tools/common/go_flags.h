#pragma once
// Command line flags in the style of Go's flag package: "-name value" or "-name=value", with one or
// two dashes.
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge::tools {

// Flags are declared first, and then parsed once. Requires: the targets outlive the parser.
class GoFlags {
  public:
    void text(const std::string& name, std::string& target, std::string help);
    void number(const std::string& name, int64_t& target, std::string help);
    void flag(const std::string& name, bool& target, std::string help);

    // Sets the targets, and returns the arguments after the flags. Parsing ends at the first
    // argument that is not a flag, or after "--". The error names a flag that is unknown, has no
    // value or a wrong value.
    [[nodiscard]] Result<std::vector<std::string>> parse(
        const std::vector<std::string>& arguments) const;
    // Returns one line for each flag, in the order of declaration.
    [[nodiscard]] std::string help() const;

  private:
    struct Flag {
        std::string name;
        std::string help;
        bool takes_value;
        std::function<bool(const std::string& value)> set;  // false: the value is wrong
    };
    [[nodiscard]] const Flag* find(std::string_view name) const;

    std::vector<Flag> flags_;
};

}  // namespace midge::tools
