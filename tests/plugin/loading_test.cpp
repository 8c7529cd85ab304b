// Finds, loads and refuses plugin libraries.
#include <Poco/Environment.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/dll/library_info.hpp>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "host/plugin_library.h"
#include "host/plugin_resolver.h"
#include "plugin/plugin_support.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::filesystem::path plugin_dir = MIDGE_TEST_PLUGIN_DIR;
const std::filesystem::path bad_dir = MIDGE_TEST_OWN_PLUGIN_DIR;

std::string load_error(std::string_view name_or_path, const std::filesystem::path& dir) {
    const auto loaded = load_plugin<midge_resolver>(name_or_path, dir);
    return loaded ? "loaded" : loaded.error().text;
}

TEST(PluginLoading, FindsANameInThePluginFolderAndSaysPathAndVersion) {
    const auto loaded = load_plugin<midge_resolver>("resolver-memory", plugin_dir);
    ASSERT_TRUE(loaded) << loaded.error().text;
    EXPECT_EQ(loaded->name, "resolver-memory");
    EXPECT_FALSE(loaded->version.empty());
    EXPECT_THAT(loaded->path, AllOf(HasSubstr(plugin_dir.string()), HasSubstr("resolver-memory")));
}

TEST(PluginLoading, TakesAnAbsolutePath) {
    const auto by_name = load_plugin<midge_resolver>("resolver-memory", plugin_dir);
    ASSERT_TRUE(by_name);
    const auto by_path = load_plugin<midge_resolver>(by_name->path, "");
    ASSERT_TRUE(by_path) << by_path.error().text;
    EXPECT_EQ(by_path->table, by_name->table);
}

TEST(PluginLoading, RefusesARelativePath) {
    for (const char* path :
         {"./resolver-memory.so", "../plugins/resolver-memory", "a/b", "", "."}) {
        EXPECT_THAT(load_error(path, plugin_dir),
                    AllOf(HasSubstr("absolute path"), HasSubstr(plugin_dir.string())))
            << path;
    }
}

TEST(PluginLoading, NamesTheFileThatIsMissing) {
    EXPECT_THAT(
        load_error("resolver-nowhere", plugin_dir),
        AllOf(HasSubstr((plugin_dir / "resolver-nowhere").string()), HasSubstr("no such file")));
}

TEST(PluginLoading, SaysWhyAFileIsNoLibrary) {
    const TempFolder folder;
    const std::string file = folder.write("text.so", "hello, I am not a library");
    EXPECT_THAT(load_error(file, plugin_dir),
                AllOf(HasSubstr(file), HasSubstr("cannot be loaded")));
}

TEST(PluginLoading, NamesTheSymbolThatIsMissing) {
    EXPECT_THAT(load_error("bad-no-symbol", bad_dir),
                AllOf(HasSubstr("bad-no-symbol"), HasSubstr("exports no \"midge_resolver_v2\""),
                      HasSubstr("resolver plugin of ABI 2"),
                      HasSubstr("(it exports \"midge_resolver_v1\")")));
}

TEST(PluginLoading, RefusesASinkAsAResolverAndTheReverse) {
    EXPECT_THAT(load_error("sink-file", plugin_dir), HasSubstr("midge_resolver_v2"));
    const auto sink = load_plugin<midge_sink>("resolver-memory", plugin_dir);
    ASSERT_FALSE(sink);
    EXPECT_THAT(sink.error().text, HasSubstr("midge_sink_v2"));
}

// A library that a host must refuse, and texts that the error contains besides its name.
struct Refused {
    const char* library;
    std::vector<std::string> error;
};

void PrintTo(const Refused& refused, std::ostream* out) {
    *out << refused.library;
}

class RefusedLibrary : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedLibrary, NamesTheLibraryWhatWasFoundAndWhatWasExpected) {
    const auto sink = load_plugin<midge_sink>(GetParam().library, bad_dir);
    for (const std::string& error : {load_error(GetParam().library, bad_dir),
                                     sink ? std::string("loaded") : sink.error().text}) {
        EXPECT_THAT(error, HasSubstr(GetParam().library));
        for (const std::string& part : GetParam().error) EXPECT_THAT(error, HasSubstr(part));
    }
}

INSTANTIATE_TEST_SUITE_P(
    PluginLoading, RefusedLibrary,
    ::testing::Values(Refused{"bad-abi", {"ABI is 7, expected 2"}},
                      Refused{"bad-size", {"table of 40 bytes, expected at least"}},
                      Refused{"bad-name", {"name has 0 bytes, expected 1..64"}},
                      Refused{"bad-function", {"is NULL, expected one"}},
                      Refused{"bad-table", {"returned NULL, expected a table"}},
                      Refused{"bad-settings", {"name of setting 0 has 0 bytes, expected 1..64"}},
                      Refused{"bad-setting-count",
                              {"table of 1000000 settings, expected at most 64"}},
                      Refused{"bad-setting-table", {"setting_count is 3, expected a table"}}),
    [](const auto& tested) {
        std::string name = tested.param.library;
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

TEST(PluginLoading, TellsWhatAPluginLoggedWhenItsCreateFailed) {
    const auto loaded = load_plugin<midge_resolver>("bad-create", bad_dir);
    ASSERT_TRUE(loaded) << loaded.error().text;
    CaptureLogger log;
    const auto made = PluginResolver::create(*loaded->table, {"{}", patience}, {}, log);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text, "bad: the moon is in the wrong quarter");
    EXPECT_EQ(log.count("bad: the moon is in the wrong quarter"), 1U);
}

TEST(PluginLoading, TheMinimalExampleKnowsItsOneAccount) {
    const auto loaded = load_plugin<midge_resolver>("resolver-minimal", MIDGE_TEST_EXAMPLE_DIR);
    ASSERT_TRUE(loaded) << loaded.error().text;
    CaptureLogger log;
    const auto refused = PluginResolver::create(*loaded->table, {}, {}, log);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text,
              "resolver-minimal: MINIMAL_ACCOUNT and MINIMAL_JWT are not set");
    Poco::Environment::set("MINIMAL_ACCOUNT", account_key(1));
    Poco::Environment::set("MINIMAL_JWT", jwt_of("x"));
    const auto made = PluginResolver::create(*loaded->table, {}, {}, log);
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_EQ(fetch(**made, account_key(1)), jwt_of("x"));
    EXPECT_EQ(fetch(**made, account_key(2)).error().code, Errc::not_found);
    EXPECT_THAT(PluginResolver::create(*loaded->table, {"{\"a\":1}"}, {}, log).error().text,
                HasSubstr("unknown setting \"a\", there are none"));
}

// Plugins that export instances of the same library templates must not share them.
TEST(PluginLoading, PluginsOfThisTreeExportTheirEntryOnly) {
    for (const char* name : {"resolver-memory", "resolver-url", "resolver-dir"}) {
        const auto loaded = load_plugin<midge_resolver>(name, plugin_dir);
        ASSERT_TRUE(loaded) << loaded.error().text;
        const auto symbols = boost::dll::library_info(loaded->path).symbols();
        EXPECT_EQ(std::set<std::string>(symbols.begin(), symbols.end()),
                  std::set<std::string>{MIDGE_RESOLVER_EXPORT})
            << name;
    }
    const auto sink = load_plugin<midge_sink>("sink-file", plugin_dir);
    ASSERT_TRUE(sink) << sink.error().text;
    const auto symbols = boost::dll::library_info(sink->path).symbols();
    EXPECT_EQ(std::set<std::string>(symbols.begin(), symbols.end()),
              std::set<std::string>{MIDGE_SINK_EXPORT});
}

}  // namespace
}  // namespace midge::test
