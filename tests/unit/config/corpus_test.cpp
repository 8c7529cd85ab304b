// Every file of the corpus gives the verdict and the texts that are recorded beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/text.h"
#include "config/config_reader.h"
#include "config/options_loader.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The environment that the recorded texts were made with.
ConfigSources corpus_sources() {
    ConfigSources sources = system_config_sources();
    sources.environment = [](const std::string& name) -> std::optional<std::string> {
        static const std::map<std::string, std::string> variables = {
            {"MIDGE_TEST_NUMBER", "4999"},
            {"MIDGE_TEST_TEXT", "abc"},
            {"MIDGE_TEST_BLANK", "abc def"},
            {"MIDGE_TEST_QUOTED", "\"abc_def\""},
            {"MIDGE_TEST_CYCLE", "$MIDGE_TEST_CYCLE"},
            {"MIDGE_TEST_MAP", "{user: a, password: b}"},
        };
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return sources;
}

// Enough of a check to tell the corpus' good keys and JWTs from its bad ones.
CredentialChecks corpus_checks() {
    CredentialChecks checks;
    checks.public_key = [](const std::string& key, char role) {
        return key.size() == 56 && (role == ConfigReader::any_role || key[0] == role);
    };
    checks.account_jwt = [](const std::string& jwt) -> Result<> {
        if (jwt.starts_with("eyJ")) return {};
        return fail("no JWT");
    };
    return checks;
}

// The lines sorted, since nats-server reports the entries of a block in no fixed order.
std::vector<std::string> verdict_lines(std::string_view text) {
    std::vector<std::string> lines;
    for (const std::string_view line : split(trim(text), '\n')) lines.emplace_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
}

std::string verdict(const std::string& path) {
    const auto loaded = load_options(path, corpus_sources(), corpus_checks());
    if (!loaded) return loaded.error().text;
    if (loaded->warnings.empty()) return "valid " + loaded->options.config_digest;
    std::string text;
    for (const std::string& warning : loaded->warnings) text += warning + "\n";
    return text;
}

class ConfigCorpus : public ::testing::TestWithParam<std::string> {
  protected:
    // Positions and messages name the files relative to the corpus.
    void SetUp() override { fs::current_path(MIDGE_CONFIG_CORPUS); }
};

TEST_P(ConfigCorpus, gives_the_recorded_verdict) {
    const std::string expected = read_text(GetParam() + ".expected");
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(verdict_lines(verdict(GetParam() + ".conf")), verdict_lines(expected));
}

std::vector<std::string> corpus_names() {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(MIDGE_CONFIG_CORPUS)) {
        if (file.path().extension() == ".conf") names.push_back(file.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

INSTANTIATE_TEST_SUITE_P(Corpus, ConfigCorpus, ::testing::ValuesIn(corpus_names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace midge
