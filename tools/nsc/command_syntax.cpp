#include "nsc/command_syntax.h"

#include <CLI/CLI.hpp>

namespace midge::tools {

void CommandSyntax::text(const std::string& names, std::string& target, const std::string& help) {
    app_.add_option(names, target, help)->take_last()->group(group_);
}

void CommandSyntax::required_text(const std::string& names, std::string& target,
                                  const std::string& help) {
    app_.add_option(names, target, help)->take_last()->required()->group(group_);
}

void CommandSyntax::optional_text(const std::string& names, std::string& target,
                                  const std::string& bare, const std::string& help) {
    const auto set = [&target, bare](const CLI::results_t& values) {
        target = values.empty() || values.back().empty() ? bare : values.back();
        return true;
    };
    app_.add_option(names, set, help)->expected(0, 1)->group(group_);
}

void CommandSyntax::list(const std::string& names, std::vector<std::string>& target,
                         const std::string& help) {
    app_.add_option(names, target, help)->delimiter(',')->allow_extra_args(false)->group(group_);
}

void CommandSyntax::number(const std::string& names, std::optional<int64_t>& target,
                           const std::string& help) {
    app_.add_option(names, target, help)->take_last()->group(group_);
}

void CommandSyntax::flag(const std::string& names, bool& target, const std::string& help) {
    app_.add_flag(names, target, help)->take_last()->group(group_);
}

void CommandSyntax::choice(const std::string& names, std::optional<bool>& target,
                           const std::string& help) {
    app_.add_flag(names, target, help)->take_last()->group(group_);
}

void CommandSyntax::exclusive(const std::vector<std::string>& flags) {
    for (const auto& first : flags) {
        for (const auto& second : flags) {
            if (first != second) app_.get_option(first)->excludes(app_.get_option(second));
        }
    }
}

void CommandSyntax::name(std::string& target, const std::string& help) {
    text("-n,--name,name", target, help);
}

void CommandSyntax::footer(const std::string& text) {
    app_.footer(text);
}

void CommandSyntax::alias(const std::string& name) {
    app_.alias(name);
}

}  // namespace midge::tools
