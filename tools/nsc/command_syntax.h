#pragma once
// The flags of one command, declared without CLI11's headers: those take longer to compile than all
// of nsc.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace midge::tools {

// Declares flags whose targets outlive the parsing. `names`: "-n,--name"; without dashes it is the
// command's argument. A flag that is given twice keeps the last value, a list collects.
class CommandSyntax {
  public:
    explicit CommandSyntax(CLI::App& app) : app_(app) {}

    void text(const std::string& names, std::string& target, const std::string& help);
    void required_text(const std::string& names, std::string& target, const std::string& help);
    // The text is `bare` if the flag has no value.
    void optional_text(const std::string& names, std::string& target, const std::string& bare,
                       const std::string& help);
    // Comma separated or repeated.
    void list(const std::string& names, std::vector<std::string>& target, const std::string& help);
    void number(const std::string& names, std::optional<int64_t>& target, const std::string& help);
    void flag(const std::string& names, bool& target, const std::string& help);
    // "--flag" or "--flag=true|false"; nothing if it is not given.
    void choice(const std::string& names, std::optional<bool>& target, const std::string& help);
    // Only one of these flags may be given.
    void exclusive(const std::vector<std::string>& flags);
    // -n, --name, or the first argument.
    void name(std::string& target, const std::string& help);

    // The heading in --help of the flags that follow.
    void group(const std::string& title) { group_ = title; }
    // Text below the flags in --help.
    void footer(const std::string& text);
    void alias(const std::string& name);

  private:
    CLI::App& app_;
    std::string group_ = "Options";
};

}  // namespace midge::tools
