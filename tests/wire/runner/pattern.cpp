#include "wire/runner/pattern.h"

#include <fmt/format.h>

#include <cctype>

namespace midge::wire {
namespace {

bool fits(char c, bool digits_only) {
    if (digits_only) return std::isdigit(static_cast<unsigned char>(c)) != 0;
    return c != ' ' && c != '\r' && c != '\n';
}

bool is_wildcard(std::string_view expression) {
    return expression == "*" || expression == "**" || expression == "int";
}

// Returns the position of the JSON object in an item or pattern, or npos.
size_t json_begin(std::string_view text) {
    return text.starts_with("INFO ") ? text.find('{') : std::string_view::npos;
}

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text, const Lookup& lookup) {
    Pattern pattern;
    if (const size_t at = json_begin(text); at != std::string_view::npos) {
        // Wildcards in JSON strings are kept until the strings are compared.
        auto json_text = expand(text.substr(at), Escapes::untouched,
                                [&](std::string_view e) -> Result<std::string> {
                                    if (is_wildcard(e)) return fmt::format("${{{}}}", e);
                                    return lookup(e);
                                });
        if (!json_text) return pass(json_text);
        auto json = parse_json_object(*json_text);
        if (!json) return pass(json);
        pattern.json_ = *json;
        text = text.substr(0, at);
    }
    auto parts = parse_parts(text, lookup);
    if (!parts) return pass(parts);
    pattern.parts_ = std::move(*parts);
    return pattern;
}

Result<std::vector<Pattern::Part>> Pattern::parse_parts(std::string_view text,
                                                        const Lookup& lookup) {
    auto pieces = parse_text(text, Escapes::interpreted);
    if (!pieces) return pass(pieces);
    std::vector<Part> parts;
    for (Piece& piece : *pieces) {
        if (piece.kind == Piece::Kind::cut)
            return fail(Errc::invalid, "\\| has no meaning in an expectation");
        if (piece.kind == Piece::Kind::literal)
            parts.push_back({Part::Kind::literal, std::move(piece.text)});
        else if (piece.text == "*")
            parts.push_back({Part::Kind::word, {}});
        else if (piece.text == "**")
            parts.push_back({Part::Kind::anything, {}});
        else if (piece.text == "int")
            parts.push_back({Part::Kind::digits, {}});
        else {
            auto value = placeholder_value(piece.text, lookup);
            if (!value) return pass(value);
            parts.push_back({Part::Kind::literal, std::move(*value)});
        }
    }
    return parts;
}

bool Pattern::matches(std::string_view item) const {
    if (json_.isNull()) return match(parts_, 0, item);
    const size_t at = json_begin(item);
    if (at == std::string_view::npos || !match(parts_, 0, item.substr(0, at))) return false;
    auto got = parse_json_object(item.substr(at));
    return got && json_value_matches(json_, *got);
}

bool Pattern::match(const std::vector<Part>& parts, size_t index, std::string_view text) {
    if (index == parts.size()) return text.empty();
    const Part& part = parts[index];
    switch (part.kind) {
        case Part::Kind::literal:
            return text.starts_with(part.text) &&
                   match(parts, index + 1, text.substr(part.text.size()));
        case Part::Kind::anything:
            for (size_t n = 0; n <= text.size(); ++n) {
                if (match(parts, index + 1, text.substr(n))) return true;
            }
            return false;
        case Part::Kind::word:
        case Part::Kind::digits:
            for (size_t n = 1;
                 n <= text.size() && fits(text[n - 1], part.kind == Part::Kind::digits); ++n) {
                if (match(parts, index + 1, text.substr(n))) return true;
            }
            return false;
    }
    return false;
}

bool Pattern::json_value_matches(const Poco::Dynamic::Var& expected,
                                 const Poco::Dynamic::Var& got) {
    if (expected.isEmpty() || got.isEmpty()) return expected.isEmpty() && got.isEmpty();
    if (expected.type() == typeid(JsonObject)) {
        if (got.type() != typeid(JsonObject)) return false;
        const auto& object = got.extract<JsonObject>();
        for (const auto& [key, value] : *expected.extract<JsonObject>()) {
            if (!json_value_matches(value, object->get(key))) return false;
        }
        return true;
    }
    if (!expected.isString())
        return expected.type() == got.type() && expected.toString() == got.toString();
    if (!got.isString()) return false;
    const auto parts = parse_parts(expected.extract<std::string>(), [](std::string_view) {
        return fail(Errc::invalid, "only wildcards are known inside JSON");
    });
    return parts && match(*parts, 0, got.extract<std::string>());
}

}  // namespace midge::wire
