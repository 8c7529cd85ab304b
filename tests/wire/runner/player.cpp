#include "wire/runner/player.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <thread>

#include "base/text.h"
#include "wire/runner/text.h"

namespace midge::wire {
namespace {

bool is_number(std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(),
                                        [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Scripts have the payload of PUB and HPUB after the size ("PUB a 2 hi"). This inserts the CRLF
// between them.
std::string with_payload_line(std::string_view command) {
    const auto words = words_of(command);
    if (words.empty()) return {};
    const bool pub = equals_ignore_case(words[0], "PUB");
    const bool hpub = equals_ignore_case(words[0], "HPUB");
    if (!pub && !hpub) return std::string(command);
    const size_t sizes = pub ? 1 : 2;
    for (size_t first = 2; first <= 3 && first + sizes <= words.size(); ++first) {
        if (!is_number(words[first]) || !is_number(words[first + sizes - 1])) continue;
        const std::string_view size = words[first + sizes - 1];
        const auto end = static_cast<size_t>(size.data() + size.size() - command.data());
        const std::string line(command.substr(0, end));
        if (end < command.size()) return line + "\\r\\n" + std::string(command.substr(end + 1));
        return size == "0" ? line + "\\r\\n" : line;
    }
    return std::string(command);
}

// Escapes the text, so that a regular expression matches it literally.
std::string quoted_for_regex(std::string_view text) {
    std::string quoted;
    for (const char c : text) {
        if (std::ispunct(static_cast<unsigned char>(c)) != 0 && c != '_') quoted += '\\';
        quoted += c;
    }
    return quoted;
}

}  // namespace

Player::Player(const Script& script, Dialer& dialer, ClientOptions options, int64_t now)
    : script_(script), dialer_(dialer), options_(options), now_(now) {
    options_.shows_pings = script.shows_pings;
}

std::optional<Failure> Player::play() {
    Outcome failed;
    for (const Step& step : script_.steps) {
        failed = run(step);
        if (failed) break;
    }
    if (!failed) failed = finish();
    close_all();
    return failed;
}

Failure Player::failure(const Step& step, const std::string& expected, const std::string& got) {
    std::string names;
    for (const std::string& name : step.clients) names += (names.empty() ? "" : ", ") + name;
    return {step.line, names, expected, got};
}

Lookup Player::lookup_for(const std::string& client) const {
    return [this, client](std::string_view expression) {
        const auto info_of = [&](std::string_view other,
                                 std::string_view member) -> Result<std::string> {
            const auto found = clients_.find(other.empty() ? client : std::string(other));
            if (found == clients_.end()) return fail(fmt::format("{} is not connected", other));
            std::string value = found->second.info(std::string(member));
            if (value.empty()) return fail(fmt::format("the server's INFO has no {}", member));
            return value;
        };
        const Values values(script_.jwts, now_, info_of,
                            [this](std::string_view number) { return group(number); });
        return values.lookup(expression);
    };
}

Result<std::string> Player::group(std::string_view number) const {
    for (size_t i = 0; i < groups_.size(); ++i) {
        if (number == std::to_string(i + 1)) return groups_[i];
    }
    return fail(fmt::format("${{{}}}: the last C1<~ with groups has {}", number, groups_.size()));
}

Opening Player::opening_of(const std::string& name) const {
    for (const std::string& key : {name, std::string()}) {
        if (const auto found = script_.openings.find(key); found != script_.openings.end())
            return found->second;
    }
    Opening opening;
    opening.tls = options_.tls && script_.openings.empty();
    opening.websocket = options_.websocket;
    opening.compression = options_.compression;
    if (opening.websocket) opening.speaks_first = true;  // INFO comes after TLS
    return opening;
}

Result<Client*> Player::client(const std::string& name) {
    if (const auto found = clients_.find(name); found != clients_.end()) return &found->second;
    const Opening opening = opening_of(name);
    auto connection = dialer_.connect(opening);
    if (!connection) return pass(connection);
    const auto [at, added] = clients_.try_emplace(name, std::move(*connection), options_);
    if (opening.tls || opening.websocket || !opening.speaks_first) at->second.read_greeting();
    return &at->second;
}

Player::Outcome Player::run(const Step& step) {
    for (const std::string& name : step.clients) {
        if (auto opened = client(name); !opened)
            return failure(step, "a connection", opened.error().text);
    }
    Client& first = clients_.at(step.clients.front());
    const bool expects_info = !step.texts.empty() && step.texts.front().starts_with("INFO ");
    const bool reads = step.action != Action::send && step.action != Action::send_raw;
    if (reads && !expects_info) {
        for (const std::string& name : step.clients) clients_.at(name).drop_greeting();
    }
    switch (step.action) {
        case Action::send:
        case Action::send_raw:
            return send(step, first);
        case Action::close:
            first.close();
            return {};
        case Action::pause:
            std::this_thread::sleep_for(step.pause);
            return {};
        case Action::expect:
            return expect_in_order(step, first);
        case Action::expect_regex:
            return expect_regex(step, first);
        case Action::expect_any_order:
            return expect_any_order(step, first);
        case Action::expect_closed:
            return expect_closed(step, first);
        case Action::expect_closed_at_last:
            return expect_closed_at_last(step, first);
        case Action::expect_silent:
            return expect_silent(step, first);
        case Action::expect_share:
        case Action::expect_spread:
            return expect_shared(step);
    }
    return {};
}

Player::Outcome Player::send(const Step& step, Client& client) {
    const Lookup lookup = lookup_for(step.clients.front());
    for (const std::string& text : step.texts) {
        const bool raw = step.action == Action::send_raw;
        auto writes = expand_writes(raw ? text : with_payload_line(text) + "\\r\\n", lookup);
        if (!writes) return failure(step, text, "script error: " + writes.error().text);
        for (const std::string& bytes : *writes) client.send(bytes);
    }
    return {};
}

Result<std::vector<Pattern>> Player::patterns_of(const Step& step) const {
    std::vector<Pattern> patterns;
    for (const std::string& text : step.texts) {
        auto pattern = Pattern::parse(text, lookup_for(step.clients.front()));
        if (!pattern) return fail("script error: " + pattern.error().text);
        patterns.push_back(std::move(*pattern));
    }
    return patterns;
}

Player::Outcome Player::expect_in_order(const Step& step, Client& client) {
    const auto patterns = patterns_of(step);
    if (!patterns) return failure(step, step.texts.front(), patterns.error().text);
    for (size_t i = 0; i < patterns->size(); ++i) {
        const Arrival arrival = client.next();
        if (arrival.what != Arrival::What::item || !(*patterns)[i].matches(arrival.item)) {
            return failure(step, step.texts[i], arrival.describe());
        }
    }
    return {};
}

Player::Outcome Player::expect_any_order(const Step& step, Client& client) {
    auto patterns = patterns_of(step);
    if (!patterns) return failure(step, step.texts.front(), patterns.error().text);
    std::vector<std::string> open = step.texts;
    while (!open.empty()) {
        const Arrival arrival = client.next();
        const auto hit = std::find_if(patterns->begin(), patterns->end(),
                                      [&](const Pattern& p) { return p.matches(arrival.item); });
        if (arrival.what != Arrival::What::item || hit == patterns->end()) {
            return failure(step, fmt::format("{}", fmt::join(open, "   ")), arrival.describe());
        }
        open.erase(open.begin() + (hit - patterns->begin()));
        patterns->erase(hit);
    }
    return {};
}

Player::Outcome Player::expect_regex(const Step& step, Client& client) {
    const Arrival arrival = client.next();
    const Lookup lookup = lookup_for(step.clients.front());
    const auto expression =
        expand(step.texts.front(), Escapes::untouched, [&](std::string_view placeholder) {
            auto value = lookup(placeholder);
            if (value) *value = quoted_for_regex(*value);
            return value;
        });
    if (!expression) return failure(step, step.texts.front(), expression.error().text);
    try {
        const std::regex form(*expression);
        std::smatch match;
        if (arrival.what == Arrival::What::item && std::regex_match(arrival.item, match, form)) {
            if (match.size() > 1) groups_.assign(match.begin() + 1, match.end());
            return {};
        }
    } catch (const std::regex_error& e) {
        return failure(step, step.texts.front(), std::string("script error: ") + e.what());
    }
    return failure(step, step.texts.front(), arrival.describe());
}

Player::Outcome Player::expect_closed(const Step& step, Client& client) {
    const Arrival arrival = client.next();
    if (arrival.what == Arrival::What::closed) return {};
    return failure(step, "(the connection is closed)", arrival.describe());
}

Player::Outcome Player::expect_closed_at_last(const Step& step, Client& client) {
    while (true) {
        const Arrival arrival = client.next();
        if (arrival.what == Arrival::What::closed) return {};
        if (arrival.what == Arrival::What::timed_out)
            return failure(step, "(the connection is closed)", arrival.describe());
    }
}

Player::Outcome Player::expect_silent(const Step& step, Client& client) {
    const auto items = client.items_before_pong();
    if (!items) return failure(step, "(silence)", items.error().text);
    if (!items->empty()) return failure(step, "(silence)", printable(items->front()));
    return {};
}

Player::Outcome Player::expect_shared(const Step& step) {
    auto patterns = patterns_of(step);
    if (!patterns) return failure(step, step.texts.front(), patterns.error().text);
    for (const std::string& name : step.clients) {
        const auto items = clients_.at(name).items_before_pong();
        if (!items) return failure(step, step.texts.front(), name + ": " + items.error().text);
        if (items->empty() && step.action == Action::expect_spread) {
            return failure(step, "at least one item for each client", "nothing for " + name);
        }
        for (const std::string& item : *items) {
            const auto hit = std::find_if(patterns->begin(), patterns->end(),
                                          [&](const Pattern& p) { return p.matches(item); });
            if (hit == patterns->end()) {
                return failure(step, "no more than the items listed",
                               name + ": " + printable(item));
            }
            patterns->erase(hit);
        }
    }
    if (patterns->empty()) return {};
    return failure(step, fmt::format("{} items, each at one of the clients", step.texts.size()),
                   fmt::format("{} of them at none", patterns->size()));
}

Player::Outcome Player::finish() {
    const int end_line = script_.steps.back().line;
    for (auto& [name, client] : clients_) {
        if (!client.is_open() || client.in_mid_line()) continue;
        client.drop_greeting();
        const auto items = client.items_before_pong();
        const std::string expected = "(nothing after the last step, and an open connection)";
        if (!items) return Failure{end_line, name, expected, items.error().text};
        if (!items->empty()) return Failure{end_line, name, expected, printable(items->front())};
        client.send(client.unsubscribe_commands());
        // Only the round trip matters, because a verbose client gets +OK for each command.
        if (auto forgotten = client.items_before_pong(); !forgotten) {
            return Failure{end_line, name, expected, forgotten.error().text};
        }
    }
    return {};
}

void Player::close_all() {
    for (auto& [name, client] : clients_) client.close();
}

}  // namespace midge::wire
