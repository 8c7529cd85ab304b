#include "config/config_parser.h"

#include <fmt/format.h>

#include "config/config_grammar.h"

// The top level of a file, which may or may not stand in braces.
namespace midge {

Result<ConfigMap> ConfigParser::parse() {
    if (has_nul_)
        return fail(Errc::invalid, fmt::format("{}: not a text file, it has a zero byte", *path_));
    ConfigMap root;
    scopes_.push_back(&root);
    TopBraces braces;
    while (true) {
        if (braces.closing) {
            if (auto done = after_top_brace(braces); !done) return pass(done);
            continue;
        }
        scanner_.skip_space();
        if (scanner_.skip_comment()) continue;
        const int c = scanner_.peek();
        if (c == ConfigScanner::end) return root;
        if (c == '/') {
            return scanner_.error("Unexpected EOF.");
        } else if (c == '{') {
            scanner_.next();
            if (++braces.open > config_depth_max) {
                return scanner_.error(
                    fmt::format("blocks are nested deeper than {}", config_depth_max));
            }
        } else if (c == '}' && braces.open > 0) {
            scanner_.next();
            braces.closing = --braces.open > 0;
        } else {
            if (auto done = top_entry(root); !done) return pass(done);
            if (auto done = after_top_value(braces); !done) return pass(done);
        }
    }
}

Result<> ConfigParser::after_top_value(TopBraces& braces) {
    while (true) {
        if (scanner_.skip_comment()) {
            if (braces.open > 0) continue;
            return {};
        }
        const int c = scanner_.next();
        if (is_config_blank(c) || c == '/') continue;
        if (is_config_line_end(c) || c == ';' || c == ',') return {};
        if (braces.open > 0 && c == '}') {
            braces.closing = --braces.open > 0;
            return {};
        }
        if (braces.open == 0 && (c == '}' || c == ConfigScanner::end)) return {};
        return scanner_.error(
            fmt::format("Expected a {}-level value to end with a new line, comment or EOF, but got "
                        "'{}' instead.",
                        braces.open > 0 ? "block" : "top", scanner_.taken(c)));
    }
}

Result<> ConfigParser::after_top_brace(TopBraces& braces) {
    scanner_.skip_line_ends();
    if (scanner_.skip_comment()) {
        braces.closing = false;
        return {};
    }
    const int c = scanner_.next();
    if (c == '}') {
        braces.closing = --braces.open > 0;
    } else if (c == ';' || c == ',') {
        braces.closing = false;
    } else {
        return scanner_.error(fmt::format(
            "Expected a block-level to end with a '}}', but got '{}' instead.", scanner_.taken(c)));
    }
    return {};
}

Result<> ConfigParser::top_entry(ConfigMap& root) {
    auto key = top_key(root);
    if (!key) return pass(key);
    if (!*key) return {};
    scanner_.skip_space();
    if (is_key_separator(scanner_.peek())) {
        scanner_.next();
    } else if (scanner_.peek() == ConfigScanner::end) {
        // A last brace too many is forgiven.
        if ((*key)->text == "}") return {};
        return fail(Errc::invalid, fmt::format("config is invalid ({}:{}:{})", *path_,
                                               scanner_.line(), scanner_.column()));
    }
    auto read = value(1, ConfigPlace::after_key);
    if (!read) return pass(read);
    set(root, **key, std::move(*read));
    return {};
}

Result<ConfigMap> parse_config_text(std::string_view text, const std::string& path,
                                    const ConfigSources& sources) {
    ParseJob job{sources, {path}, {}, 0};
    return ConfigParser(job, text, path).parse();
}

Result<ConfigMap> parse_config_file(const std::string& path, const ConfigSources& sources) {
    auto text = sources.read_file(path);
    if (!text) return pass(text);
    return parse_config_text(*text, path, sources);
}

}  // namespace midge
