#include "wire/runner/script.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "base/text.h"
#include "wire/runner/text.h"

namespace midge::wire {
namespace {

constexpr int use_depth_max = 4;
constexpr size_t count_max = 100000;

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Errc::not_found, path + ": cannot be read");
    std::ostringstream text;
    text << file.rdbuf();
    return std::move(text).str();
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Parses lines into a Script; one object for each file.
class ScriptParser {
  public:
    ScriptParser(Script& script, std::string path, int use_depth)
        : script_(script), path_(std::move(path)), use_depth_(use_depth) {}

    Result<> parse(std::string_view text) {
        for (const std::string_view raw : split(text, '\n')) {
            ++line_;
            const std::string_view line = trim(raw);
            if (line.empty()) continue;
            if (auto done = line.front() == '#' ? header(line) : step(line); !done) {
                return fail(Errc::invalid,
                            fmt::format("{}:{}: {}", path_, line_, done.error().text));
            }
        }
        return {};
    }

    // Checks the rules for a file as a whole.
    Result<> finish() const {
        if (script_.title.empty())
            return fail(Errc::invalid, path_ + ":1: expected \"# title: why\"");
        if (script_.steps.empty()) return fail(Errc::invalid, path_ + ": no steps");
        if (!script_.only.empty() && !differs_) {
            return fail(Errc::invalid, path_ + ": #only needs a line \"#differs: reason\"");
        }
        return {};
    }

  private:
    // Reads a line that begins with #: "#key: value", or a comment (the first one is the title).
    Result<> header(std::string_view line) {
        const size_t colon = line.find(": ");
        const std::string_view key = line.substr(0, colon);
        const std::string_view value =
            colon == std::string_view::npos ? "" : line.substr(colon + 2);
        if (line.starts_with("# ") || line == "#") {
            if (script_.title.empty() && use_depth_ == 0) script_.title = trim(line.substr(1));
            return {};
        }
        if (key == "#config")
            script_.config += std::string(value) + '\n';
        else if (key == "#use")
            return use(value);
        else if (key == "#jwt" || key == "#jwt-v1")
            return jwt(value, key == "#jwt-v1");
        else if (key == "#only" && (value == "nats-server" || value == "midged"))
            script_.only = value;
        else if (key == "#differs" && !value.empty())
            differs_ = true;
        else if (key == "#tls" || line == "#tls:")
            return tls(value);
        else if (key == "#tcp" && !value.empty())
            script_.tcp_only = true;
        else if (line == "#pings: shown")
            script_.shows_pings = true;
        else
            return fail(Errc::invalid, fmt::format("unknown header \"{}\"", line));
        return {};
    }

    Result<> use(std::string_view name) {
        if (use_depth_ == use_depth_max) return fail(Errc::invalid, "#use: nested too deeply");
        const auto path = (std::filesystem::path(path_).parent_path() / name).generic_string();
        auto text = read_file(path);
        if (!text) return pass(text);
        return ScriptParser(script_, path, use_depth_ + 1).parse(*text);
    }

    Result<> jwt(std::string_view text, bool v1) {
        auto definition = parse_jwt_definition(text, v1);
        if (!definition) return pass(definition);
        if (!jwts_here_.insert(definition->first).second)
            return fail(Errc::invalid, "a second #jwt of this name");
        script_.jwts.insert_or_assign(definition->first, std::move(definition->second));
        return {};
    }

    // [CLIENT] [none] [first] [as NAME] [1.2]
    Result<> tls(std::string_view text) {
        std::vector<std::string_view> words = words_of(text);
        std::string client;
        if (!words.empty() && words.front().starts_with('C')) {
            client = words.front();
            words.erase(words.begin());
        }
        Opening opening;
        opening.tls = true;
        for (size_t i = 0; i < words.size(); ++i) {
            if (words[i] == "none")
                opening.tls = false;
            else if (words[i] == "first")
                opening.speaks_first = true;
            else if (words[i] == "1.2")
                opening.tls12 = true;
            else if (words[i] == "as" && i + 1 < words.size())
                opening.certificate = words[++i];
            else
                return fail(Errc::invalid,
                            "expected \"#tls: [C1] [none] [first] [as NAME] [1.2]\"");
        }
        if (!script_.openings.emplace(client, opening).second)
            return fail(Errc::invalid, "a second #tls of the same clients");
        return {};
    }

    Result<> step(std::string_view line) {
        static const std::regex form(R"((C\d+(?:[|&]C\d+)*)([<>])(\S*)(?: +(.*))?)");
        std::match_results<std::string_view::const_iterator> match;
        if (!std::regex_match(line.begin(), line.end(), match, form)) {
            return fail(Errc::invalid,
                        fmt::format("expected a line such as \"C1> PING\", got \"{}\"", line));
        }
        Step step;
        step.line = line_;
        const std::string clients = match[1];
        const char relation = clients.find('|') != std::string::npos   ? '|'
                              : clients.find('&') != std::string::npos ? '&'
                                                                       : ' ';
        for (const auto client : split(clients, relation)) step.clients.emplace_back(client);
        const std::string text = match[4];
        auto done = match[2] == ">" ? outgoing(step, match[3].str(), text)
                                    : incoming(step, match[3].str(), text);
        if (!done) return done;
        if (relation != ' ') {
            if (step.action != Action::expect)
                return fail(Errc::invalid, "several clients can only share expected items");
            step.action = relation == '|' ? Action::expect_share : Action::expect_spread;
        }
        script_.steps.push_back(std::move(step));
        return {};
    }

    static Result<> outgoing(Step& step, std::string_view suffix, const std::string& text) {
        if (suffix.empty()) {
            step.action = Action::send;
            step.texts = split_wide(text);
        } else if (suffix == ">") {
            step.action = Action::send_raw;
            step.texts = {text};
        } else if (suffix == "!" && text == "close") {
            step.action = Action::close;
        } else if (suffix == "!" && text.starts_with("pause ") && text.ends_with("ms")) {
            const auto milliseconds =
                number<int>(std::string_view(text).substr(6, text.size() - 8));
            if (!milliseconds) return fail(Errc::invalid, "expected \"pause <number>ms\"");
            step.action = Action::pause;
            step.pause = std::chrono::milliseconds(*milliseconds);
        } else {
            return fail(Errc::invalid, "expected C1>, C1>>, C1>! close or C1>! pause <number>ms");
        }
        return {};
    }

    static Result<> incoming(Step& step, std::string_view suffix, const std::string& text) {
        if (suffix == "!") {
            if (text == "closed")
                step.action = Action::expect_closed;
            else if (text == "closed at last")
                step.action = Action::expect_closed_at_last;
            else if (text == "silent")
                step.action = Action::expect_silent;
            else
                return fail(Errc::invalid, "expected C1<! closed, closed at last or silent");
            return {};
        }
        if (text.empty()) return fail(Errc::invalid, "nothing is expected");
        if (suffix == "~") {
            step.action = Action::expect_regex;
            step.texts = {text};
            return {};
        }
        step.action = suffix == "*" ? Action::expect_any_order : Action::expect;
        size_t count = 1;
        if (!suffix.empty() && suffix != "*") {
            const auto given = number<size_t>(suffix);
            if (!given || *given == 0 || *given > count_max)
                return fail(Errc::invalid, "expected C1<, C1<*, C1<~, C1<! or C1<20");
            count = *given;
        }
        const auto once = split_wide(text);
        for (size_t i = 0; i < count; ++i)
            step.texts.insert(step.texts.end(), once.begin(), once.end());
        return {};
    }

    Script& script_;
    std::string path_;
    int use_depth_;
    std::set<std::string> jwts_here_;  // defined in this file
    int line_ = 0;
    bool differs_ = false;
};

}  // namespace

Result<Script> parse_script(const std::string& path, std::string_view text) {
    Script script;
    script.path = path;
    ScriptParser parser(script, path, 0);
    if (auto parsed = parser.parse(text); !parsed) return pass(parsed);
    if (auto whole = parser.finish(); !whole) return pass(whole);
    return script;
}

Result<Script> load_script(const std::string& path) {
    auto text = read_file(path);
    if (!text) return pass(text);
    return parse_script(path, *text);
}

}  // namespace midge::wire
