#include "nsc/json_path.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "common/json_text.h"

namespace midge::tools {
namespace {

using Poco::Dynamic::Var;

Result<Var> member(const Var& value, const std::string& name, std::string_view path) {
    if (value.type() != typeid(JsonObject)) {
        return fail(Errc::invalid,
                    fmt::format("unable to extract \"{}\" in \"{}\": it is not inside an object",
                                name, path));
    }
    return value.extract<JsonObject>()->get(name);
}

Result<Var> element(const Var& value, std::string_view index, std::string_view path) {
    if (value.type() != typeid(JsonArray)) {
        return fail(Errc::invalid,
                    fmt::format("unable to extract [{}] in \"{}\": it is not inside an array",
                                index, path));
    }
    const auto& array = value.extract<JsonArray>();
    unsigned number = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), number);
    if (error != std::errc() || end != index.data() + index.size()) {
        return fail(Errc::invalid,
                    fmt::format("error parsing index: \"{}\" in \"{}\"", index, path));
    }
    if (number >= array->size())
        return fail(Errc::invalid,
                    fmt::format("index is out of bounds: {} in \"{}\"", number, path));
    return array->get(number);
}

}  // namespace

Result<std::string> json_at_path(const JsonObject& object, std::string_view path) {
    Var value = object;
    for (std::string_view step : split(path, '.')) {
        const size_t open = step.find('[');
        auto next = member(value, std::string(step.substr(0, open)), path);
        while (next && step.find('[') != std::string_view::npos) {
            step.remove_prefix(step.find('[') + 1);
            const size_t close = step.find(']');
            if (close == std::string_view::npos) {
                return fail(
                    Errc::invalid,
                    fmt::format("bad path - unterminated index expression in \"{}\"", path));
            }
            next = element(*next, step.substr(0, close), path);
        }
        if (!next) return pass(next);
        value = *next;
    }
    return compact_json(value);
}

}  // namespace midge::tools
