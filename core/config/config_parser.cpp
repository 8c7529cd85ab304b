#include "config/config_parser.h"

#include <fmt/format.h>

#include "base/wire_error.h"
#include "config/config_grammar.h"

// Parses the top level of a file, which may be in braces.
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
            return scanner_.error("Unexpected EOF.", scanner_.offset(),
                                  "expected a setting, found \"/\"; a comment begins with # or //");
        } else if (c == '{') {
            braces.last = scanner_.offset();
            scanner_.next();
            if (++braces.open > config_depth_max) {
                return scanner_.error(
                    fmt::format("blocks are nested deeper than {}", config_depth_max), braces.last,
                    "expected fewer braces");
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

tl::unexpected<Error> ConfigParser::unclosed(std::string_view message) {
    if (open_.empty()) return scanner_.error(message, scanner_.offset(), {});
    return scanner_.error(message, open_.back(),
                          "the bracket that opens here is never closed; expected one that closes "
                          "it, found the end of the file");
}

tl::unexpected<Error> ConfigParser::unexpected(std::string_view message, int c,
                                               std::string_view expected) {
    if (c == ConfigScanner::end) return unclosed(message);
    return scanner_.error(message, scanner_.offset() - 1,
                          fmt::format("expected {}, found {}", expected, scanner_.found(c)));
}

std::string ConfigParser::trailing(int c) {
    const std::string quote = scanner_.long_quote();
    const std::string text = fmt::format("expected the end of the line after {}, found {}",
                                         scanner_.value_name(), scanner_.found(c));
    if ((c == ']' || c == '}') && !open_.empty()) {
        return fmt::format("expected the bracket that closes the one at {}, found {}",
                           scanner_.place(open_.back()).text(), scanner_.found(c));
    }
    if (scanner_.key_ends_with_bracket())
        return text + "; a blank is missing before the bracket at the end of the key";
    if (!quote.empty()) return text + "; " + quote + ", is one missing before?";
    if (const std::string late = scanner_.late_value(); !late.empty()) return text + "; " + late;
    return text + "; a text with blanks needs quotes";
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
        const std::string message = fmt::format(
            "Expected a {}-level value to end with a new line, comment or EOF, but got '{}' "
            "instead.",
            braces.open > 0 ? "block" : "top", scanner_.taken(c));
        if (c == ConfigScanner::end) {
            open_.push_back(braces.last);
            return unclosed(message);
        }
        return scanner_.error(message, scanner_.offset() - 1, trailing(c));
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
        open_.push_back(braces.last);
        return unexpected(
            fmt::format("Expected a block-level to end with a '}}', but got '{}' instead.",
                        scanner_.taken(c)),
            c, "another \"}\", a comma or a semicolon");
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
        // One closing brace too many at the end is accepted.
        if ((*key)->text == "}") return {};
        const std::string message =
            fmt::format("config is invalid ({}:{}:{})", *path_, scanner_.line(), scanner_.column());
        return fail(Errc::invalid,
                    scanner_.explained(message, (*key)->begin,
                                       fmt::format("{} has no value; expected {}: <value>",
                                                   go_quote((*key)->text), (*key)->text)));
    }
    scanner_.set_key((*key)->text, (*key)->begin);
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
