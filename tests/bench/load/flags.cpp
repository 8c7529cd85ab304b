#include "flags.h"

#include <charconv>

#include "failure.h"

namespace midge::load {

Flags::Flags(const std::vector<std::string>& arguments) {
    for (size_t i = 0; i < arguments.size(); i += 2) {
        const std::string& name = arguments[i];
        if (!name.starts_with("--"))
            throw Failure("'" + name + "' is no flag; flags are --name value");
        if (i + 1 == arguments.size()) throw Failure(name + " needs a value");
        values_[name.substr(2)] = arguments[i + 1];
    }
}

int64_t Flags::number(const std::string& name, int64_t fallback, int64_t min, int64_t max) {
    known_.insert(name);
    const auto found = values_.find(name);
    if (found == values_.end()) return fallback;
    const std::string& text = found->second;
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < min || number > max) {
        throw Failure("--" + name + " is '" + text + "', expected " + std::to_string(min) + ".." +
                      std::to_string(max));
    }
    return number;
}

std::string Flags::text(const std::string& name) {
    known_.insert(name);
    const auto found = values_.find(name);
    return found == values_.end() ? std::string() : found->second;
}

void Flags::finish() const {
    for (const auto& [name, value] : values_) {
        if (!known_.contains(name)) throw Failure("this case has no flag --" + name);
    }
}

}  // namespace midge::load
