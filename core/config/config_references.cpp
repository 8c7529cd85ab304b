#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/near_word.h"
#include "base/wire_error.h"
#include "config/config_grammar.h"

// Parses references: included files, variables, the environment.
namespace midge {

Result<std::string> ConfigParser::include_path() {
    scanner_.skip_blanks();
    const int first = scanner_.peek();
    if (first == '\'' || first == '"') {
        auto quoted = quoted_key(first == '"' ? "Unexpected EOF in double quoted include"
                                              : "Unexpected EOF in quoted include");
        if (!quoted) return pass(quoted);
        return std::move(quoted->text);
    }
    std::string_view found;
    if (first == '[') found = "start of an array";
    if (first == '{') found = "start of a map";
    if (first == '(') found = "start of a block";
    if (first == '-' || (first >= '0' && first <= '9')) found = "start of a number";
    if (first == '\\') found = "escape sequence";
    if (is_config_line_end(first)) {
        scanner_.next();
        found = "new line";
    }
    if (!found.empty())
        return scanner_.error(fmt::format("Expected include value but found {}", found),
                              scanner_.offset(),
                              "expected the path of a file after include, in quotes or without");
    const size_t start = scanner_.offset();
    const auto ends = [](int c) {
        return is_config_blank(c) || is_config_line_end(c) || c == ConfigScanner::end || c == ';' ||
               c == '}' || c == '\'';
    };
    while (!ends(scanner_.peek())) scanner_.next();
    std::string path(scanner_.since(start));
    if (scanner_.peek() == '\'') scanner_.next();
    return path;
}

Result<> ConfigParser::include(ConfigMap& into) {
    scanner_.skip_blanks();
    const size_t begin = scanner_.offset();
    auto written = include_path();
    if (!written) return pass(written);
    const auto refuse = [&](const std::string& why, std::string_view explanation = {}) {
        std::string text = fmt::format("error parsing include file '{}', {}", *written, why);
        // An error in the file itself already has its place.
        if (has_explanation(text))
            text += fmt::format("; included by {}, {}", *path_, scanner_.place(begin).text());
        else
            text = scanner_.explained(text, begin, explanation);
        return fail(Errc::invalid, std::move(text));
    };
    // Relative to this file's folder, even if it starts with a slash, as in nats-server.
    const std::filesystem::path folder = std::filesystem::path(*path_).parent_path();
    std::filesystem::path joined =
        (folder / std::filesystem::path(*written).relative_path()).lexically_normal();
    // A slash at the end has no meaning, and an empty path means the folder.
    if (joined.has_relative_path() && !joined.has_filename()) joined = joined.parent_path();
    const std::string path = joined.empty() ? "." : joined.string();
    if (std::find(job_.open_files.begin(), job_.open_files.end(), path) != job_.open_files.end()) {
        return refuse("the file includes itself", "expected another file");
    }
    if (job_.open_files.size() > config_include_depth_max) {
        return refuse(
            fmt::format("files include each other deeper than {}", config_include_depth_max),
            "expected fewer files within each other");
    }
    auto text = job_.sources.read_file(path);
    if (!text) {
        return refuse(text.error().text,
                      fmt::format("{} includes {}, which cannot be read; expected a path from the "
                                  "folder of {}",
                                  *path_, go_quote(path), *path_));
    }
    job_.open_files.push_back(path);
    auto included = ConfigParser(job_, *text, path).parse();
    job_.open_files.pop_back();
    if (!included) return refuse(included.error().text);
    for (const ConfigEntry* entry : included->in_written_order()) {
        into.set(entry->key, entry->value).used_as_variable = entry->used_as_variable;
    }
    return {};
}

Result<ConfigValue> ConfigParser::variable(const ConfigScalar& reference) {
    const ConfigPosition where = position(reference.line, reference.column, reference.begin);
    // A password hash may be written without quotes.
    if (reference.text.starts_with("2a$")) return ConfigValue{"$" + reference.text, where};
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        ConfigEntry* entry = (*scope)->find(reference.text);
        if (entry == nullptr) continue;
        entry->used_as_variable = true;
        if (auto counted = count(entry->value.count()); !counted) return pass(counted);
        ConfigValue copy = entry->value;
        copy.where = where;
        return copy;
    }
    const auto refuse = [&](const std::string& why, std::string_view explanation) {
        return fail(Errc::invalid,
                    scanner_.explained(fmt::format("variable reference for '{}' on line {} {}",
                                                   reference.text, reference.line, why),
                                       reference.begin, explanation));
    };
    auto found = environment_value(reference.text);
    if (!found) {
        return refuse("could not be parsed: " + found.error().text,
                      "expected a value in the environment variable that could stand in a file; a "
                      "text with blanks needs quotes in it");
    }
    if (!*found) return refuse("can not be found", undefined_variable(reference.text));
    (*found)->move_to(where);
    return std::move(**found);
}

std::string ConfigParser::undefined_variable(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const ConfigMap* scope : scopes_) {
        for (const ConfigEntry& entry : scope->entries()) names.emplace_back(entry.key);
    }
    const std::string_view nearest = near_word(name, names);
    // The name is not shown, because it may be a password that begins with "$".
    return fmt::format(
        "expected a key of this name above in the file, or an environment variable; a text that "
        "begins with \"$\" needs quotes{}",
        nearest.empty() ? "" : fmt::format("; did you mean \"${}\"?", nearest));
}

Result<std::optional<ConfigValue>> ConfigParser::environment_value(const std::string& name) {
    auto& open = job_.open_variables;
    if (std::find(open.begin(), open.end(), name) != open.end()) {
        return fail(Errc::invalid, fmt::format("variable reference cycle for '{}'", name));
    }
    const std::optional<std::string> text = job_.sources.environment(name);
    if (!text) return std::nullopt;
    if (open.size() >= config_include_depth_max) {
        return fail(Errc::invalid,
                    fmt::format("environment variables refer to each other deeper than {}",
                                config_include_depth_max));
    }
    // Parsed like a value in a file: numbers become numbers, and blanks need quotes.
    const std::string key = "pk";  // as long as nats-server's, so that columns in messages are the
                                   // same
    open.push_back(name);
    auto parsed = ConfigParser(job_, key + "=" + *text, "").parse();
    open.pop_back();
    if (!parsed) return pass(parsed);
    const ConfigEntry* entry = parsed->find(key);
    if (entry == nullptr) return std::nullopt;
    return entry->value;
}

}  // namespace midge
