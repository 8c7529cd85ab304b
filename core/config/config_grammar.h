#pragma once
// The parser behind config_parser.h: one object per text.
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

// What the parsers of one call share: a file, those it includes, and the environment's texts.
struct ParseJob {
    const ConfigSources& sources;
    std::vector<std::string> open_files;      // from the first to the one being read
    std::vector<std::string> open_variables;  // of the environment
    size_t values = 0;
};

// Parses one text: a file, or the value of an environment variable. Lives for the call.
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
        size_t begin = 0;  // offset of the first character, a quote among them
    };

    // How braces stand around the top level, which may be wrapped in any number of them.
    struct TopBraces {
        int open = 0;
        bool closing = false;  // just after one closed: another, or a separator, must follow
        size_t last = 0;       // offset of the one that opened last
    };

    Result<> after_top_value(TopBraces& braces);
    Result<> after_top_brace(TopBraces& braces);
    Result<> top_entry(ConfigMap& root);
    // Nothing: it was an include, which is done.
    Result<std::optional<Key>> top_key(ConfigMap& root);
    Result<std::optional<Key>> map_key(ConfigMap& map);
    Result<Key> quoted_key(std::string_view at_end);
    Result<> include(ConfigMap& into);
    Result<std::string> include_path();

    Result<ConfigValue> value(int depth, ConfigPlace place);
    Result<ConfigArray> array(int depth);
    Result<ConfigMap> map(int depth);
    Result<> map_entry(ConfigMap& map, int depth);
    // Takes what ends an entry; true: the map's brace.
    Result<bool> after_map_value();
    Result<ConfigValue> variable(const ConfigScalar& reference);
    [[nodiscard]] std::string undefined_variable(const std::string& name) const;
    Result<std::optional<ConfigValue>> environment_value(const std::string& name);

    [[nodiscard]] ConfigPosition position(int line, int column, size_t begin) {
        return {path_, line, column, scanner_.place(begin)};
    }
    // Fails at what next() gave last, or at the end of the file with the bracket that is open.
    tl::unexpected<Error> unexpected(std::string_view message, int c, std::string_view expected);
    // Fails: the bracket that opened last is never closed.
    tl::unexpected<Error> unclosed(std::string_view message);
    // What may be meant where the value of a key is followed by something on the same line.
    std::string trailing(int c);
    // A value after a key is said to stand where the key does, as in nats-server's messages.
    void set(ConfigMap& map, const Key& key, ConfigValue value) {
        value.where = position(key.line, key.column, key.begin);
        map.set(key.text, std::move(value));
    }
    // Adds to the number of values, within its limit.
    Result<> count(size_t values);

    ParseJob& job_;
    std::shared_ptr<const std::string> path_;
    ConfigScanner scanner_;
    bool has_nul_;
    std::vector<size_t> open_;  // offsets of the brackets and braces that are open, but the top's
    std::vector<ConfigMap*>
        scopes_;  // maps being read, where variables are looked up: innermost last
};

}  // namespace midge
