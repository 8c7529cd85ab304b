#include "wire/runner/values.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <vector>

#include "base/encoding.h"
#include "base/json.h"
#include "base/text.h"
#include "support/certificates.h"
#include "support/test_jwt.h"
#include "support/test_key.h"
#include "wire/runner/text.h"

namespace midge::wire {
namespace {

using test::TestKey;

// Removes and returns the first word of `text`.
std::string_view take_word(std::string_view& text) {
    text = trim(text);
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    text = trim(text);
    return word;
}

Result<std::string> read_pin(std::string_view name) {
    const std::string path = test::certificate_path(fmt::format("{}.pin", name));
    std::ifstream file(path);
    if (!file) return fail(Errc::not_found, path + ": cannot be read");
    return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

Result<std::pair<std::string, JwtDefinition>> parse_jwt_definition(std::string_view text, bool v1) {
    JwtDefinition jwt;
    const std::string name(take_word(text));
    const std::string_view equals = take_word(text);
    jwt.subject = take_word(text);
    const std::string_view by = take_word(text);
    jwt.signer = take_word(text);
    if (!text.empty()) jwt.changes = text;
    jwt.v1 = v1;
    if (equals != "=" || by != "by" || jwt.signer.empty()) {
        return fail(Errc::invalid, "expected \"#jwt: NAME = KEY by KEY {changes}\"");
    }
    return std::pair(name, jwt);
}

Result<std::string> Values::lookup(std::string_view expression) const {
    std::string_view rest = expression;
    const std::string_view word = take_word(rest);
    if (word == "public" || word == "seed") {
        auto key = TestKey::named(rest);
        if (!key) return pass(key);
        return word == "public" ? key->public_key() : key->seed();
    }
    if (word == "jwt") {
        const std::string_view name = take_word(rest);
        return jwt(name, rest);
    }
    if (word == "size") {
        auto value = lookup(rest);
        return value ? std::to_string(value->size()) : value;
    }
    if (word.size() == 1 && word >= "1" && word <= "9") return group(word);
    if (word == "claim") return claim(rest);
    if (word == "sign") return signature(rest);
    if (word == "certificate") return test::certificate_path(rest);
    if (word == "pin") return read_pin(rest);
    if (word == "base64") return base64url_encode(rest);
    if (word == "nonce" || word == "info") {
        if (!info_of_) return fail(Errc::invalid, fmt::format("${{{}}} has no meaning here", word));
        const std::string_view member = word == "nonce" ? word : take_word(rest);
        return info_of_(rest, member);
    }
    if (word.starts_with("now")) return time(word.substr(3));
    return fail(Errc::invalid, fmt::format("unknown placeholder ${{{}}}", expression));
}

Result<std::string> Values::jwt(std::string_view name, std::string_view part) const {
    const auto found = jwts_.find(name);
    if (found == jwts_.end()) {
        return fail(Errc::not_found, fmt::format("no line \"#jwt: {} = ...\"", name));
    }
    const JwtDefinition& definition = found->second;
    auto subject = TestKey::named(definition.subject);
    if (!subject) return pass(subject);
    auto signer = TestKey::named(definition.signer);
    if (!signer) return pass(signer);
    auto changes_text =
        expand(definition.changes, Escapes::untouched, [this](auto e) { return lookup(e); });
    if (!changes_text) return changes_text;
    auto changes = parse_json_object(*changes_text);
    if (!changes) return pass(changes);
    const auto form = definition.v1 ? test::JwtForm::v1 : test::JwtForm::v2;
    auto token = test::mint_jwt(*subject, *signer, *changes, form, now_);
    if (!token || part.empty()) return token;

    const std::vector<std::string_view> chunks = split(*token, '.');
    if (part == "header") return std::string(chunks[0]);
    if (part == "payload") return std::string(chunks[1]);
    if (part == "signature") return std::string(chunks[2]);
    return fail(Errc::invalid,
                fmt::format("${{jwt {} {}}}: expected header, payload or signature", name, part));
}

// Arguments: KEY [of CLIENT | over TEXT] [as base64]
Result<std::string> Values::signature(std::string_view arguments) const {
    const std::vector<std::string_view> words = words_of(arguments);
    if (words.empty()) return fail(Errc::invalid, "${sign}: expected a key");
    auto key = TestKey::named(words[0]);
    if (!key) return pass(key);
    std::string client;
    std::string text;
    bool standard_base64 = false;
    for (size_t i = 1; i + 1 < words.size(); i += 2) {
        if (words[i] == "of")
            client = words[i + 1];
        else if (words[i] == "over")
            text = words[i + 1];
        else if (words[i] == "as" && words[i + 1] == "base64")
            standard_base64 = true;
        else
            return fail(Errc::invalid,
                        fmt::format("${{sign {}}}: expected of, over or as base64", arguments));
    }
    if (text.empty()) {
        if (!info_of_) return fail(Errc::invalid, "${sign} has no meaning here");
        auto nonce = info_of_(client, "nonce");
        if (!nonce) return nonce;
        text = *nonce;
    }
    const std::string signed_text = key->sign(text);
    return standard_base64 ? base64_encode(signed_text) : base64url_encode(signed_text);
}

Result<std::string> Values::group(std::string_view number) const {
    if (!group_of_) return fail(Errc::invalid, fmt::format("${{{}}} has no meaning here", number));
    return group_of_(number);
}

// Arguments: NUMBER MEMBER[.MEMBER ...]; returns a text or number in the token that the group
// matched.
Result<std::string> Values::claim(std::string_view arguments) const {
    const std::vector<std::string_view> words = words_of(arguments);
    if (words.size() != 2) {
        return fail(Errc::invalid, "${claim}: expected a group's number and a member's path");
    }
    auto token = group(words[0]);
    if (!token) return token;
    const std::vector<std::string_view> chunks = split(*token, '.');
    const auto payload = base64_decode(chunks.size() == 3 ? chunks[1] : "");
    if (!payload || payload->empty())
        return fail(Errc::invalid, fmt::format("group {} is no token", words[0]));
    auto object = parse_json_object(*payload);
    if (!object) return pass(object);
    const std::vector<std::string_view> path = split(words[1], '.');
    JsonObject inner = *object;
    for (size_t i = 0; i + 1 < path.size() && !inner.isNull(); ++i) {
        auto next = json_object(inner, std::string(path[i]));
        if (!next) return pass(next);
        inner = *next;
    }
    const std::string member(path.back());
    if (inner.isNull() || !inner->has(member)) {
        return fail(Errc::not_found, fmt::format("the token has no {}", words[1]));
    }
    return inner->get(member).toString();
}

Result<std::string> Values::time(std::string_view offset) const {
    int64_t seconds = 0;
    if (offset.starts_with('+')) offset.remove_prefix(1);
    const auto [end, error] =
        std::from_chars(offset.data(), offset.data() + offset.size(), seconds);
    if (!offset.empty() && (error != std::errc() || end != offset.data() + offset.size())) {
        return fail(Errc::invalid,
                    fmt::format("${{now{}}}: expected ${{now+5}} or ${{now-5}}", offset));
    }
    return std::to_string(now_ + seconds);
}

}  // namespace midge::wire
