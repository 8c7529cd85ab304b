#include <fmt/format.h>

#include "base/text.h"
#include "base/wire_error.h"
#include "config/config_grammar.h"

// Parses keys, values, lists and maps.
namespace midge {
namespace {

std::string scalar_expectation(const ConfigScalar& scalar) {
    switch (scalar.kind) {
        case ConfigScalar::Kind::integer:
            return "expected a number of at most 64 bits, which may end with K, M, G, T, P or E "
                   "(1000), or with KB, MB, ... (1024)";
        case ConfigScalar::Kind::date:
            return "expected a date of the calendar; a text needs quotes";
        default:
            return "expected a number that fits in 64 bits; a text needs quotes";
    }
}

}  // namespace

Result<ConfigParser::Key> ConfigParser::quoted_key(std::string_view at_end) {
    const int quote = scanner_.next();
    const size_t start = scanner_.offset();
    const int column = scanner_.column();
    while (scanner_.peek() != quote) {
        if (scanner_.next() == ConfigScanner::end) {
            return scanner_.error(at_end, start - 1,
                                  fmt::format("the quote that opens here is never closed; expected "
                                              "another {}",
                                              static_cast<char>(quote)));
        }
    }
    Key key{std::string(scanner_.since(start)), scanner_.line(), column, start - 1};
    scanner_.next();
    return key;
}

Result<std::optional<ConfigParser::Key>> ConfigParser::top_key(ConfigMap& root) {
    const int first = scanner_.peek();
    if (is_key_separator(first)) {
        return scanner_.error(
            fmt::format("Unexpected key separator '{}'", static_cast<char>(first)),
            scanner_.offset(),
            fmt::format("expected the name of a setting, found {}", scanner_.found(first)));
    }
    if (first == '"' || first == '\'') return quoted_key("Unexpected EOF.");
    const size_t start = scanner_.offset();
    const int column = scanner_.column();
    do {
        scanner_.next();
    } while (scanner_.space_size() == 0 && !is_key_separator(scanner_.peek()) &&
             scanner_.peek() != ConfigScanner::end);
    const std::string_view text = scanner_.since(start);
    if (scanner_.space_size() > 0 && equals_ignore_case(text, "include")) {
        if (auto done = include(root); !done) return pass(done);
        return std::nullopt;
    }
    return Key{std::string(text), scanner_.line(), column, start};
}

Result<std::optional<ConfigParser::Key>> ConfigParser::map_key(ConfigMap& map) {
    const int first = scanner_.peek();
    if (is_key_separator(first)) {
        return scanner_.error(
            fmt::format("Unexpected key separator '{}'.", static_cast<char>(first)),
            scanner_.offset(),
            fmt::format("expected the name of a setting, found {}", scanner_.found(first)));
    }
    if (first == ']') {
        return scanner_.error("Unexpected array end ']' processing map.", scanner_.offset(),
                              fmt::format("expected a \"}}\" for the \"{{\" at {}, found \"]\"",
                                          scanner_.place(open_.back()).text()));
    }
    if (first == ConfigScanner::end) return unclosed("Unexpected EOF processing map.");
    if (first == '"') return quoted_key("Unexpected EOF processing double quoted map key.");
    if (first == '\'') return quoted_key("Unexpected EOF processing quoted map key.");
    if (first == '/') scanner_.next();  // between values it is not a comment
    const size_t start = scanner_.offset();
    const int column = scanner_.column();
    do {
        if (scanner_.next() == ConfigScanner::end)
            return unclosed("Unexpected EOF processing map key.");
    } while (scanner_.space_size() == 0 && !is_key_separator(scanner_.peek()));
    const std::string_view text = scanner_.since(start);
    if (scanner_.space_size() > 0 && equals_ignore_case(text, "include")) {
        if (auto done = include(map); !done) return pass(done);
        return std::nullopt;
    }
    return Key{std::string(text), scanner_.line(), column, start};
}

Result<ConfigValue> ConfigParser::value(int depth, ConfigPlace place) {
    if (auto counted = count(1); !counted) return pass(counted);
    scanner_.skip_blanks();
    const int c = scanner_.peek();
    if (c != '[' && c != '{') {
        auto scalar = scanner_.scalar(place);
        if (!scalar) return pass(scalar);
        if (scalar->kind == ConfigScalar::Kind::variable) return variable(*scalar);
        auto data = scalar_data(*scalar);
        if (!data) {
            return fail(data.error().code, scanner_.explained(data.error().text, scalar->begin,
                                                              scalar_expectation(*scalar)));
        }
        return ConfigValue{std::move(*data), position(scalar->line, scalar->column, scalar->begin)};
    }
    const size_t begin = scanner_.offset();
    scanner_.next();
    if (depth > config_depth_max) {
        return scanner_.error(
            fmt::format("blocks and lists are nested deeper than {}", config_depth_max), begin,
            "expected fewer brackets and braces");
    }
    open_.push_back(begin);
    ConfigValue out;
    if (c == '[') {
        auto items = array(depth);
        if (!items) return pass(items);
        out.data = std::move(*items);
    } else {
        auto entries = map(depth);
        if (!entries) return pass(entries);
        out.data = std::move(*entries);
    }
    open_.pop_back();
    out.where = position(scanner_.line(), scanner_.column(), begin);
    return out;
}

Result<ConfigArray> ConfigParser::array(int depth) {
    ConfigArray items;
    while (true) {
        scanner_.skip_space();
        if (scanner_.skip_comment()) continue;
        const int c = scanner_.peek();
        if (c == ']') break;
        if (c == ',' || c == '/') {
            return scanner_.error(
                "Unexpected array value terminator ','.", scanner_.offset(),
                fmt::format("expected a value or \"]\", found {}", scanner_.found(c)));
        }
        auto item = value(depth + 1, ConfigPlace::in_list);
        if (!item) return pass(item);
        items.push_back(std::move(*item));

        do scanner_.skip_blanks();
        while (scanner_.skip_comment());
        if (scanner_.peek() == ']') break;
        const int separator = scanner_.next();
        if (separator != ',' && separator != '/' && !is_config_line_end(separator)) {
            return unexpected(
                fmt::format(
                    R"(Expected an array value terminator "," or an array terminator "]", but got '{}' instead.)",
                    scanner_.taken(separator)),
                separator, R"(a comma, the end of the line or "]")");
        }
    }
    scanner_.next();
    return items;
}

Result<ConfigMap> ConfigParser::map(int depth) {
    ConfigMap entries;
    scopes_.push_back(&entries);
    bool open = true;
    while (open) {
        scanner_.skip_space();
        if (scanner_.skip_comment()) continue;
        if (scanner_.peek() == '}') {
            scanner_.next();
            break;
        }
        if (auto done = map_entry(entries, depth); !done) return pass(done);
        auto closed = after_map_value();
        if (!closed) return pass(closed);
        open = !*closed;
    }
    scopes_.pop_back();
    return entries;
}

Result<> ConfigParser::map_entry(ConfigMap& map, int depth) {
    auto key = map_key(map);
    if (!key) return pass(key);
    if (!*key) return {};
    scanner_.skip_space();
    if (is_key_separator(scanner_.peek())) scanner_.next();
    scanner_.skip_space();
    const int c = scanner_.peek();
    if (c == ',' || c == '}') {
        return scanner_.error(
            fmt::format(R"(Unexpected map value terminator "{}".)", static_cast<char>(c)),
            scanner_.offset(),
            fmt::format("the value of {} is missing; expected before {}", go_quote((*key)->text),
                        scanner_.found(c)));
    }
    scanner_.set_key((*key)->text, (*key)->begin);
    auto read = value(depth + 1, ConfigPlace::after_key);
    if (!read) return pass(read);
    set(map, **key, std::move(*read));
    return {};
}

Result<bool> ConfigParser::after_map_value() {
    do scanner_.skip_blanks();
    while (scanner_.skip_comment());
    const int c = scanner_.next();
    if (c == '}') return true;
    if (c == ';' || c == ',' || c == '/' || is_config_line_end(c)) return false;
    const std::string message = fmt::format(
        R"(Expected a map value terminator "," or a map terminator "}}", but got '{}' instead.)",
        scanner_.taken(c));
    if (c == ConfigScanner::end) return unclosed(message);
    return scanner_.error(message, scanner_.offset() - 1, trailing(c));
}

Result<> ConfigParser::count(size_t values) {
    job_.values += values;
    if (job_.values <= config_values_max) return {};
    return scanner_.error(fmt::format("more than {} values", config_values_max), scanner_.offset(),
                          "expected fewer, copies of variables counted");
}

}  // namespace midge
