// Finding, loading and refusing plugin libraries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/dll/library_info.hpp>
#include <filesystem>
#include <set>
#include <string>

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
                AllOf(HasSubstr("bad-no-symbol"), HasSubstr("midge_resolver_v1"),
                      HasSubstr("resolver plugin of ABI 1")));
}

TEST(PluginLoading, RefusesASinkAsAResolverAndTheReverse) {
    EXPECT_THAT(load_error("sink-file", plugin_dir), HasSubstr("midge_resolver_v1"));
    const auto sink = load_plugin<midge_sink>("resolver-memory", plugin_dir);
    ASSERT_FALSE(sink);
    EXPECT_THAT(sink.error().text, HasSubstr("midge_sink_v1"));
}

TEST(PluginLoading, NamesBothNumbersOfAnotherAbi) {
    EXPECT_THAT(load_error("bad-abi", bad_dir),
                AllOf(HasSubstr("bad-abi"), HasSubstr("ABI is 7, expected 1")));
}

TEST(PluginLoading, RefusesATableThatIsTooSmall) {
    EXPECT_THAT(load_error("bad-size", bad_dir),
                AllOf(HasSubstr("bad-size"), HasSubstr("table of 40 bytes, expected at least")));
}

TEST(PluginLoading, RefusesATableWithoutNameOrFunctionAndNoTableAtAll) {
    EXPECT_THAT(load_error("bad-name", bad_dir), HasSubstr("no name"));
    EXPECT_THAT(load_error("bad-function", bad_dir), HasSubstr("\"fetch\" is missing"));
    EXPECT_THAT(load_error("bad-table", bad_dir), HasSubstr("gave no table"));
}

TEST(PluginLoading, TellsWhatAPluginLoggedWhenItsCreateFailed) {
    const auto loaded = load_plugin<midge_resolver>("bad-create", bad_dir);
    ASSERT_TRUE(loaded) << loaded.error().text;
    CaptureLogger log;
    const auto made = PluginResolver::create(*loaded->table, "{}", patience, {}, log);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().text, "bad: the moon is in the wrong quarter");
    EXPECT_EQ(log.count("bad: the moon is in the wrong quarter"), 1U);
}

// Two plugins that export the same library templates must not see each other's.
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
