// Typical mistakes in a configuration, with their exact error texts in mistakes.txt.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "config/block_keys.h"
#include "config/options_loader.h"

namespace midge {
namespace {

// A part of mistakes.txt: its headline, the files, and their error texts.
struct Mistake {
    std::string name;
    std::map<std::string, std::string> files;
    std::string said;
};

std::string with_visible_characters(std::string text) {
    for (const auto& [shown, meant] : {std::pair("<TAB>", "\t"), std::pair("<CR>", "\r")}) {
        const std::string mark = shown;
        for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
            text.replace(at, mark.size(), meant);
    }
    return text;
}

std::vector<Mistake> mistakes() {
    std::ifstream file(MIDGE_CONFIG_MISTAKES, std::ios::binary);
    std::vector<Mistake> all;
    std::string* part = nullptr;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("=== ")) {
            all.push_back({line.substr(4), {}, {}});
            part = &all.back().files["x.conf"];
        } else if (line.starts_with("+++ ") && !all.empty()) {
            part = &all.back().files[line.substr(4)];
        } else if (line == "---" && !all.empty()) {
            part = &all.back().said;
        } else if (part != nullptr) {
            *part += with_visible_characters(line) + "\n";
        }
    }
    return all;
}

// Keys of the right form are valid.
CredentialChecks form_checks() {
    CredentialChecks checks;
    checks.public_key = [](const std::string& key, char role) {
        return key.size() == 56 && key[0] == role;
    };
    return checks;
}

std::string said_of(const Mistake& mistake) {
    ConfigSources sources;
    sources.read_file = [&](const std::string& path) -> Result<std::string> {
        const auto found = mistake.files.find(std::filesystem::path(path).generic_string());
        if (found != mistake.files.end()) return found->second;
        return fail(Errc::not_found, "open " + path + ": no such file or directory");
    };
    sources.environment = [](const std::string&) { return std::nullopt; };
    const auto loaded =
        load_options_from_text(mistake.files.at("x.conf"), "x.conf", sources, form_checks());
    if (!loaded) return loaded.error().text;
    std::string text;
    for (const std::string& warning : loaded->warnings) text += warning + "\n";
    if (!text.empty()) return text;
    const auto checked = check_options(loaded->options, form_checks(), loaded->places);
    return checked ? "valid" : checked.error().text;
}

// Paths have the form of the system; between quotes, a backslash is doubled.
std::string with_slashes(std::string_view text) {
    std::string out(text);
    if (std::filesystem::path::preferred_separator == '/') return out;
    for (const std::string_view separator : {R"(\\)", R"(\)"}) {
        for (size_t at = 0; (at = out.find(separator, at)) != std::string::npos; ++at)
            out.replace(at, separator.size(), "/");
    }
    return out;
}

TEST(ConfigMistakes, are_refused_with_the_place_what_was_found_and_what_is_expected) {
    const auto all = mistakes();
    EXPECT_GE(all.size(), 40U);
    for (const Mistake& mistake : all) {
        EXPECT_EQ(with_slashes(trim(said_of(mistake))), with_slashes(trim(mistake.said)))
            << "=== " << mistake.name;
    }
}

TEST(ConfigMistakes, suggest_only_keys_that_the_block_has) {
    const std::map<BlockId, std::string> blocks = {
        {BlockId::account, "accounts { A { $ } }"},
        {BlockId::account_limits, "accounts { A { limits { $ } } }"},
        {BlockId::authorization, "authorization { $ }"},
        {BlockId::auth_callout, "authorization { auth_callout { $ } }"},
        {BlockId::certificate, "tls { certs: [ { $ } ] }"},
        {BlockId::client_limits, "client_limits { $ }"},
        {BlockId::export_item, "accounts { A { exports: [ { $ } ] } }"},
        {BlockId::import_item, "accounts { A { imports: [ { $ } ] } }"},
        {BlockId::import_source, "accounts { A { imports: [ { stream: { $ } } ] } }"},
        {BlockId::latency, "accounts { A { exports: [ { service: a, latency: { $ } } ] } }"},
        {BlockId::mapping_destination, "mappings { a: { $ } }"},
        {BlockId::msg_trace, "accounts { A { msg_trace { $ } } }"},
        {BlockId::permissions, "authorization { permissions { $ } }"},
        {BlockId::proxies, "proxies { $ }"},
        {BlockId::proxy, "proxies { trusted: [ { $ } ] }"},
        {BlockId::response_permission, "authorization { permissions { allow_responses { $ } } }"},
        {BlockId::subject_permission, "authorization { permissions { publish { $ } } }"},
        {BlockId::tls, "tls { $ }"},
        {BlockId::user, "authorization { users: [ { $ } ] }"},
        {BlockId::websocket, "websocket { $ }"},
        {BlockId::websocket_authorization, "websocket { authorization { $ } }"},
    };
    for (const auto& [block, form] : blocks) {
        const auto said_with = [&form = form](const std::string& key) {
            std::string text = form;
            return said_of({"", {{"x.conf", text.replace(text.find('$'), 1, key + ": x")}}, ""});
        };
        EXPECT_NE(said_with("nonsense").find("nknown field"), std::string::npos) << form;
        EXPECT_FALSE(block_keys(block).empty()) << form;
        for (const std::string_view key : block_keys(block)) {
            const std::string said = said_with(std::string(key));
            EXPECT_EQ(said.find("nknown field"), std::string::npos) << said;
        }
    }
}

TEST(ConfigMistakes, never_show_secrets) {
    for (const char* text :
         {"authorization { password: 'hush hush' hush }", "authorization { password: [hush] }",
          "authorization { users: [ {user: a, passwrd: hush} ] }",
          "authorization { token: 7hush, token: {} }",
          "authorization { users: [ {user: a, password: hush, permissions: hush2} ] }\nprot: 1",
          "authorization: { timeout: eyJhush }",
          "max_payload: 'SUAhushhushhushhushhushhushhushhushhushhushhushhushhushhushhush'",
          "resolver_preload { A: 1 }", "default_sentinel: { a: hush }",
          "authorization { pass: hush hush2 }", "authorization { pass: $hush }",
          "log_size_limit: 'http://a:hush@b'"}) {
        const std::string said = said_of({"", {{"x.conf", text}}, ""});
        const size_t ours = said.find(" -- ");
        EXPECT_NE(ours, std::string::npos) << said;
        if (ours == std::string::npos) continue;
        EXPECT_EQ(said.find("hush", ours), std::string::npos) << said;
    }
}

}  // namespace
}  // namespace midge
