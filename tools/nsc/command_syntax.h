#pragma once
// The flags of one command, without CLI11's headers, which take longer to compile than all of nsc.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace midge::tools {

// Declares flags. Requires: the targets outlive the parsing. `names`: "-n,--name"; a name without
// dashes is the command's argument. If a flag is repeated, the last value counts; a list collects
// all values.
class CommandSyntax {
  public:
    explicit CommandSyntax(CLI::App& app) : app_(app) {}

    void text(const std::string& names, std::string& target, const std::string& help);
    void required_text(const std::string& names, std::string& target, const std::string& help);
    // The text is `bare` if the flag has no value.
    void optional_text(const std::string& names, std::string& target, const std::string& bare,
                       const std::string& help);
    // Values are separated by commas or repeated.
    void list(const std::string& names, std::vector<std::string>& target, const std::string& help);
    void number(const std::string& names, std::optional<int64_t>& target, const std::string& help);
    void flag(const std::string& names, bool& target, const std::string& help);
    // "--flag" or "--flag=true|false"; no value if the flag is not given.
    void choice(const std::string& names, std::optional<bool>& target, const std::string& help);
    // Only one of these flags may be given.
    void exclusive(const std::vector<std::string>& flags);
    // -n, --name, or the first argument.
    void name(std::string& target, const std::string& help);

    // Sets the heading in --help for the following flags.
    void group(const std::string& title) { group_ = title; }
    // Sets the text after the flags in --help.
    void footer(const std::string& text);
    void alias(const std::string& name);

  private:
    CLI::App& app_;
    std::string group_ = "Options";
};

}  // namespace midge::tools
