#include "common/go_flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace midge::tools {

void GoFlags::text(const std::string& name, std::string& target, std::string help) {
    flags_.push_back({name, std::move(help), true, [&target](const std::string& value) {
                          target = value;
                          return true;
                      }});
}

void GoFlags::number(const std::string& name, int64_t& target, std::string help) {
    flags_.push_back({name, std::move(help), true, [&target](const std::string& value) {
                          const char* end = value.data() + value.size();
                          const auto parsed = std::from_chars(value.data(), end, target);
                          return parsed.ec == std::errc() && parsed.ptr == end;
                      }});
}

void GoFlags::flag(const std::string& name, bool& target, std::string help) {
    flags_.push_back({name, std::move(help), false, [&target](const std::string& value) {
                          target = value == "true";
                          return value == "true" || value == "false";
                      }});
}

const GoFlags::Flag* GoFlags::find(std::string_view name) const {
    const auto found = std::find_if(flags_.begin(), flags_.end(),
                                    [&](const Flag& flag) { return flag.name == name; });
    return found == flags_.end() ? nullptr : &*found;
}

Result<std::vector<std::string>> GoFlags::parse(const std::vector<std::string>& arguments) const {
    size_t next = 0;
    while (next < arguments.size()) {
        std::string_view word = arguments[next];
        if (word.size() < 2 || word.front() != '-') break;
        ++next;
        if (word == "--") break;
        word.remove_prefix(word[1] == '-' ? 2 : 1);
        const size_t equals = word.find('=');
        const std::string name(word.substr(0, equals));
        const Flag* flag = find(name);
        if (flag == nullptr)
            return fail(Errc::invalid, fmt::format("flag provided but not defined: -{}", name));
        std::string value = "true";
        if (equals != std::string_view::npos) {
            value = word.substr(equals + 1);
        } else if (flag->takes_value) {
            if (next == arguments.size())
                return fail(Errc::invalid, fmt::format("flag needs an argument: -{}", name));
            value = arguments[next++];
        }
        if (!flag->set(value))
            return fail(Errc::invalid,
                        fmt::format("invalid value \"{}\" for flag -{}", value, name));
    }
    return std::vector<std::string>(arguments.begin() + static_cast<std::ptrdiff_t>(next),
                                    arguments.end());
}

std::string GoFlags::help() const {
    std::string out;
    for (const auto& flag : flags_) out += fmt::format("  -{:<12} {}\n", flag.name, flag.help);
    return out;
}

}  // namespace midge::tools
