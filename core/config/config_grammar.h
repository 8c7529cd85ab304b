#pragma once
// The parser behind config_parser.h; one object for each text.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/config_parser.h"
#include "config/config_scanner.h"
#include "config/config_value.h"

namespace midge {

// State that the parsers of one call share.
struct ParseJob {
    const ConfigSources& sources;
    std::vector<std::string> open_files;      // outermost file first
    std::vector<std::string> open_variables;  // names of environment variables
    size_t values = 0;
};

// Parses one text: a file, or the value of an environment variable. A local variable.
class ConfigParser {
  public:
    ConfigParser(ParseJob& job, std::string_view text, std::string path)
        : job_(job),
          path_(std::make_shared<const std::string>(std::move(path))),
          scanner_(text, *path_),
          has_nul_(text.find('\0') != std::string_view::npos) {}

    Result<ConfigMap> parse();

  private:
    struct Key {
        std::string text;
        int line = 0;
        int column = 0;
        size_t begin = 0;  // offset of the first character, which may be a quote
    };

    // The braces around the top level; any number of them is allowed.
    struct TopBraces {
        int open = 0;
        bool closing = false;  // after a closing brace, when another one or a separator must follow
        size_t last = 0;       // offset of the last opening brace
    };

    Result<> after_top_value(TopBraces& braces);
    Result<> after_top_brace(TopBraces& braces);
    Result<> top_entry(ConfigMap& root);
    // No value: it was an include, which has been handled.
    Result<std::optional<Key>> top_key(ConfigMap& root);
    Result<std::optional<Key>> map_key(ConfigMap& map);
    Result<Key> quoted_key(std::string_view at_end);
    Result<> include(ConfigMap& into);
    Result<std::string> include_path();

    Result<ConfigValue> value(int depth, ConfigPlace place);
    Result<ConfigArray> array(int depth);
    Result<ConfigMap> map(int depth);
    Result<> map_entry(ConfigMap& map, int depth);
    // Reads the end of an entry. Returns true if it is the brace that ends the map.
    Result<bool> after_map_value();
    Result<ConfigValue> variable(const ConfigScalar& reference);
    [[nodiscard]] std::string undefined_variable(const std::string& name) const;
    Result<std::optional<ConfigValue>> environment_value(const std::string& name);

    [[nodiscard]] ConfigPosition position(int line, int column, size_t begin) {
        return {path_, line, column, scanner_.place(begin)};
    }
    // Fails with the last result of next(); at the end of the file, with the open bracket.
    tl::unexpected<Error> unexpected(std::string_view message, int c, std::string_view expected);
    // Fails because the last opening bracket is never closed.
    tl::unexpected<Error> unclosed(std::string_view message);
    // Suggests a correction if a value is followed by something else on the same line.
    std::string trailing(int c);
    // The position of a value is that of its key, as in nats-server's messages.
    void set(ConfigMap& map, const Key& key, ConfigValue value) {
        value.where = position(key.line, key.column, key.begin);
        map.set(key.text, std::move(value));
    }
    // Adds to the number of values. Fails above the limit.
    Result<> count(size_t values);

    ParseJob& job_;
    std::shared_ptr<const std::string> path_;
    ConfigScanner scanner_;
    bool has_nul_;
    // Offsets of open brackets and braces, without those around the top level.
    std::vector<size_t> open_;
    std::vector<ConfigMap*> scopes_;  // open maps, in which variables are looked up: innermost last
};

}  // namespace midge
