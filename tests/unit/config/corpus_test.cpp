// Every file of the corpus has the verdict and the texts that are recorded at its end.
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

// The two parts of a corpus file; the README of the corpus describes how they are separated.
struct CorpusFile {
    std::string config;
    std::string verdict;
};

CorpusFile corpus_file(const std::string& text) {
    const size_t mark = text.starts_with("#>") ? 0 : text.find("\n#>") + 1;
    if (mark == 0 && !text.starts_with("#>")) return {text, ""};  // a file that others include
    CorpusFile out{text.substr(0, mark), ""};
    const std::string_view recorded = std::string_view(text).substr(mark);
    if (recorded.starts_with("#>|")) out.config.pop_back();
    for (const std::string_view line : split(recorded, '\n'))
        out.verdict += std::string(line.substr(std::min(line.size(), line.find(' ') + 1))) + "\n";
    return out;
}

// The environment for which the texts were recorded, and files without their recorded texts.
ConfigSources corpus_sources() {
    ConfigSources sources = system_config_sources();
    sources.read_file = [read = sources.read_file](const std::string& path) -> Result<std::string> {
        auto text = read(path);
        if (text) *text = corpus_file(*text).config;
        return text;
    };
    sources.environment = [](const std::string& name) -> std::optional<std::string> {
        static const std::map<std::string, std::string> variables = {
            {"MIDGE_TEST_NUMBER", "4999"},        {"MIDGE_TEST_TEXT", "abc"},
            {"MIDGE_TEST_SUFFIX", "4e2secret"},   {"MIDGE_TEST_BLANK", "abc def"},
            {"MIDGE_TEST_QUOTED", "\"abc_def\""}, {"MIDGE_TEST_CYCLE", "$MIDGE_TEST_CYCLE"},
            {"MIDGE_TEST_LIST", "[ 1 ]"},         {"MIDGE_TEST_MAP", "{user: a, password: b}"},
        };
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return sources;
}

// Simple checks that distinguish the valid keys and JWTs of the corpus from invalid ones.
CredentialChecks corpus_checks() {
    CredentialChecks checks;
    checks.public_key = [](const std::string& key, char role) {
        return key.size() == 56 && (role == ConfigReader::any_role || key[0] == role);
    };
    checks.account_jwt = [](const std::string& jwt) -> Result<> {
        if (jwt.starts_with("eyJ")) return {};
        return fail("no JWT");
    };
    // The files that blocks name do not exist.
    checks.tls = [](const TlsOptions& tls) -> Result<> {
        constexpr std::string_view why = ": no such file or directory";
        if (!tls.certificates.empty()) {
            return fail(Errc::invalid,
                        fmt::format("error parsing X509 certificate/key pair: open {}{}",
                                    tls.certificates.front().certificate_file, why));
        }
        if (!tls.ca_file.empty())
            return fail(Errc::invalid, fmt::format("open {}{}", tls.ca_file, why));
        return {};
    };
    return checks;
}

// Returns the text of nats-server without Midge's explanation, because only the former is recorded.
std::string without_explanation(std::string_view line) {
    return std::string(line.substr(0, line.find(" -- ")));
}

// Sorts the lines, because nats-server reports the entries of a block in no fixed order.
std::vector<std::string> verdict_lines(std::string_view text) {
    std::vector<std::string> lines;
    for (const std::string_view line : split(trim(text), '\n'))
        lines.push_back(without_explanation(line));
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
    const std::string expected = corpus_file(read_text(GetParam() + ".conf")).verdict;
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
