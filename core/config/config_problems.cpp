#include "config/config_problems.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/near_word.h"
#include "base/text.h"
#include "base/wire_error.h"
#include "config/block_keys.h"
#include "config/config_finder.h"
#include "config/config_reader.h"
#include "config/go_duration.h"
#include "config/options_table.h"
#include "config/unbuilt_settings.h"

namespace midge {
namespace {

constexpr size_t blocks_named_max = 3;
constexpr size_t keys_listed_max = 12;
constexpr size_t explained_max = 100;  // each explanation searches the whole tree

std::string did_you_mean(std::string_view word) {
    return word.empty() ? std::string() : fmt::format("; did you mean {}?", go_quote(word));
}

std::string block_name(const FoundSetting& found) {
    return found.block_path.empty() ? "the top level" : "the block " + go_quote(found.block_path);
}

// Returns "authorization { timeout: ... }" for "authorization.timeout".
std::string dotted_key_hint(std::string_view key) {
    const size_t dot = key.find('.');
    if (dot == std::string_view::npos || find_setting(key) == nullptr) return {};
    return fmt::format("; expected {} {{ {}: ... }}", key.substr(0, dot), key.substr(dot + 1));
}

std::string other_blocks_hint(std::string_view key) {
    auto paths = blocks_with_key(key);
    if (paths.empty()) return {};
    if (paths.size() > blocks_named_max) paths.resize(blocks_named_max);
    std::string text = "; it belongs ";
    for (size_t i = 0; i < paths.size(); ++i) {
        if (i > 0) text += i + 1 == paths.size() ? " or " : ", ";
        text += paths[i] == "the top level" ? "at the top level" : "in " + go_quote(paths[i]);
    }
    return text;
}

std::string known_keys_hint(BlockId block) {
    auto keys = block_keys(block);
    if (block == BlockId::top) return "; \"--help-config\" shows all settings";
    std::vector<std::string_view> usual;
    for (const std::string_view key : keys) {
        const BlockKey* const row = find_block_key(block, key);
        if (row != nullptr && row->name() == key) usual.push_back(key);
    }
    if (usual.empty()) return {};
    const bool more = usual.size() > keys_listed_max;
    if (more) usual.resize(keys_listed_max);
    return fmt::format("; expected one of {}{}", fmt::join(usual, ", "), more ? ", ..." : "");
}

std::string unknown_key(const FoundSetting& found) {
    const std::string key = to_lower_ascii(found.key);
    std::string text = fmt::format("{} has no setting {}", block_name(found), go_quote(found.key));
    if (key.ends_with('{') || key.ends_with('['))
        return fmt::format("{}; expected a blank before {}", text,
                           go_quote(key.substr(key.size() - 1)));
    if (const std::string hint = dotted_key_hint(key); found.block == BlockId::top && !hint.empty())
        return text + hint;
    const auto keys = block_keys(found.block);
    std::string_view nearest = near_word(key, keys);
    if (nearest.empty()) nearest = key_synonym(found.block, key);
    if (!nearest.empty()) return text + did_you_mean(nearest);
    if (const std::string hint = other_blocks_hint(key); !hint.empty()) return text + hint;
    if (found.block == BlockId::top) {
        const auto unbuilt = unbuilt_settings();
        nearest = near_word(key, unbuilt);
        if (!nearest.empty()) {
            return fmt::format("{}; {} is a setting of nats-server, which is not supported yet",
                               text, go_quote(nearest));
        }
    }
    return text + known_keys_hint(found.block);
}

// Returns the nearest allowed word of a setting, also for usual words from elsewhere.
std::string_view near_value(std::string_view values, std::string_view written) {
    constexpr auto other_words = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"enabled", "true"},
        {"enable", "true"},
        {"y", "true"},
        {"1", "true"},
        {"disabled", "false"},
        {"disable", "false"},
        {"n", "false"},
        {"0", "false"},
        {"none", "false"},
    });
    if (values.empty()) return {};
    const auto words = split(values, ' ');
    const std::string lower = to_lower_ascii(written);
    for (const auto& [other, word] : other_words) {
        if (other == lower && std::find(words.begin(), words.end(), word) != words.end())
            return word;
    }
    return near_word(written, words);
}

std::string shown_value(const FoundSetting& found) {
    const ConfigValue& value = *found.value;
    if (value.as<ConfigArray>() != nullptr) return "a list";
    if (value.as<ConfigMap>() != nullptr) return "a block";
    const bool is_text = value.as<std::string>() != nullptr;
    const std::string text = written_text(value);
    const std::string_view kind = is_text                             ? "the text"
                                  : value.as<bool>() != nullptr       ? "the word"
                                  : value.as<ConfigDate>() != nullptr ? "the date"
                                                                      : "the number";
    const bool block_wanted = found.values.empty() && (found.wants.starts_with("a block") ||
                                                       found.wants.starts_with("a list"));
    if (block_wanted || is_secret_setting(found.path, text))
        return fmt::format("a {}", kind.substr(std::string_view("the ").size()));
    return fmt::format("{} {}", kind, is_text ? go_quote(text) : text);
}

// Suggests a correction for a value that is almost right.
std::string value_hint(const FoundSetting& found) {
    const auto* text = found.value->as<std::string>();
    const std::string_view wants = found.wants;
    if (text != nullptr) {
        if (const auto nearest = near_value(found.values, *text); !nearest.empty())
            return did_you_mean(nearest);
        if (wants.starts_with("a duration") && !parse_go_duration(*text))
            return "; the units are h, m, s, ms, us and ns";
        if (!wants.starts_with("a whole number") && !wants.starts_with("a size")) return {};
        const size_t digits = text->find_first_not_of("0123456789");
        if (text->empty() || digits == 0) return {};
        if (digits == std::string::npos) return "; leave out the quotes";
        return fmt::format(
            "; {} is no suffix, expected K, M, G, T, P, E (1000) or KB, MB, ... (1024)",
            go_quote(text->substr(digits)));
    }
    const bool scalar =
        found.value->as<ConfigArray>() == nullptr && found.value->as<ConfigMap>() == nullptr;
    if (!scalar) return {};
    if (wants.starts_with("a duration") && found.value->as<int64_t>() != nullptr)
        return fmt::format("; expected a unit, as in \"{}s\"", written_text(*found.value));
    if (wants.starts_with("a text")) return "; a text that looks like something else needs quotes";
    if (!found.values.empty())
        return did_you_mean(near_value(found.values, written_text(*found.value)));
    return {};
}

bool is_about_the_type(std::string_view text) {
    constexpr auto signs = std::to_array<std::string_view>(
        {"interface conversion", "unsupported type", "wrong type", "xpected", "should be",
         "cannot be cast", "required to be", "must be a string"});
    return std::any_of(signs.begin(), signs.end(), [&](std::string_view sign) {
        return text.find(sign) != std::string_view::npos;
    });
}

// Returns the places of all users with the name in the message.
std::string users_of_name(const ConfigMap& root, std::string_view message) {
    const auto places = user_places(root, message);
    std::string text;
    for (size_t i = 0; i < places.size(); ++i) {
        if (i > 0) text += i + 1 == places.size() ? " and " : ", ";
        text += places[i].text();
    }
    return "a name may have one user; this one has users at " + text;
}

std::string resolver_type(const FoundSetting& found) {
    const auto* map = found.value->as<ConfigMap>();
    const ConfigEntry* type = map == nullptr ? nullptr : map->find("type");
    if (type == nullptr) return {};
    const BlockKey* const key = find_block_key(BlockId::resolver, "type");
    return fmt::format("\"resolver.type\" wants {}, found the text {}{}", key->wants,
                       go_quote(written_text(type->value)),
                       did_you_mean(near_value(key->values, written_text(type->value))));
}

// Returns advice for messages about a whole block.
std::string advice(std::string_view message) {
    constexpr auto rows = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"User entry requires a user", "a user needs \"user\" and \"password\", or \"nkey\""},
        {"Nkey users do not take", "expected either \"nkey\", or \"user\" and \"password\""},
        {"Cannot have a user/pass and token",
         "expected either \"user\" and \"password\", or \"token\""},
        {"Can not have a single user/pass", "expected either one \"user\", or lists of users"},
        {"Can not have a token and", "expected either \"token\", or lists of users"},
        {"callouts require an issuer", "expected \"issuer\", the public key of an account"},
        {"callouts require authorized users",
         "expected \"auth_users\", a list of user names or keys"},
        {"dir has no value", "a resolver of type full needs \"dir\", the folder of account JWTs"},
        {"missing 'key_file'", "expected \"key_file\" besides \"cert_file\""},
        {"missing 'cert_file'", "expected \"cert_file\" besides \"key_file\""},
        {"Expect an account name", "expected {account: name, subject: text}"},
        {"Missing weight", "expected {destination: subject, weight: percent}"},
    });
    for (const auto& [sign, text] : rows) {
        if (message.find(sign) != std::string_view::npos) return std::string(text);
    }
    return {};
}

// Returns the first item of a list that is not an allowed word.
std::optional<FoundSetting> wrong_item(const FoundSetting& found) {
    const auto* items = found.value->as<ConfigArray>();
    if (items == nullptr || found.values.empty()) return std::nullopt;
    for (const ConfigValue& item : *items) {
        const auto* text = item.as<std::string>();
        if (text == nullptr) continue;
        const auto words = split(found.values, ' ');
        const bool known = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
            return equals_ignore_case(word, *text);
        });
        if (known) continue;
        FoundSetting wrong = found;
        wrong.value = &item;
        return wrong;
    }
    return std::nullopt;
}

std::string explanation(const ConfigMap& root, const ConfigProblem& problem,
                        const FoundSetting& found) {
    if (problem.text.find("nknown field") != std::string::npos) return unknown_key(found);
    if (problem.text.starts_with("Duplicate user") || problem.text.starts_with("Duplicate nkey"))
        return users_of_name(root, problem.text);
    if (std::string text = advice(problem.text); !text.empty()) {
        // nats-server reports the position of the last field of such a block.
        const bool of_block = text.starts_with("a user needs") || text.starts_with("expected \"") ||
                              text.starts_with("expected either \"nkey");
        const bool inside = of_block && found.value->as<ConfigMap>() == nullptr;
        return fmt::format("in {}: {}", go_quote(inside ? found.block_path : found.path), text);
    }
    if (problem.text.starts_with("error parsing account resolver, should")) {
        if (std::string text = resolver_type(found); !text.empty()) return text;
    }
    if (auto item = wrong_item(found)) return explanation(root, problem, *item);
    const bool composed =
        found.value->as<ConfigMap>() != nullptr || found.value->as<ConfigArray>() != nullptr;
    if (found.wants.empty() || (composed && !is_about_the_type(problem.text)))
        return "in " + go_quote(found.path);
    return fmt::format("{} wants {}, found {}{}", go_quote(found.path), found.wants,
                       shown_value(found), value_hint(found));
}

std::string nats_line(const ConfigMap& root, const ConfigProblem& problem) {
    std::string text = problem.where.prefix() + problem.text;
    const ConfigPosition& about = problem.about;
    if (about.start.line == 0 || !about.file) return text;
    const std::string place = problem.where.line > 0
                                  ? about.start.text()
                                  : fmt::format("{}, {}", *about.file, about.start.text());
    const auto found = find_setting_at(root, about);
    return with_explanation(text, place, found ? explanation(root, problem, *found) : "");
}

std::string own_line(const ConfigMap& root, const ConfigProblem& problem) {
    const auto found = find_setting_at(root, problem.about);
    const auto* text = found ? found->value->as<std::string>() : nullptr;
    return problem.about.start_prefix() + problem.text +
           (text == nullptr ? "" : did_you_mean(near_value(found->values, *text)));
}

}  // namespace

std::vector<std::string> problem_lines(const ConfigMap& root,
                                       const std::vector<ConfigProblem>& problems) {
    std::vector<std::string> lines;
    lines.reserve(problems.size());
    for (const ConfigProblem& problem : problems) {
        if (lines.size() >= explained_max) {
            lines.push_back(problem.where.prefix() + problem.text);
            continue;
        }
        const bool own = problem.words == ConfigProblem::Words::our_own;
        lines.push_back(own ? own_line(root, problem) : nats_line(root, problem));
    }
    return lines;
}

}  // namespace midge
