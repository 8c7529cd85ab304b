#include "common/nsc_paths.h"

#include <gtest/gtest.h>

#include "common/files.h"
#include "tools/temporary_folder.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

class NscPathsTest : public testing::Test {
  protected:
    NscPathsTest() {
        environment_.home = home_.path();
        environment_.working_folder = home_.path() / "work";
    }
    TemporaryFolder home_;
    Environment environment_;
};

TEST_F(NscPathsTest, AnEmptyHomeGetsTodaysPlaces) {
    const auto paths = resolve_paths(environment_, {});
    EXPECT_EQ(paths.config, home_.path() / ".config/nats/nsc");
    EXPECT_EQ(paths.stores, home_.path() / ".local/share/nats/nsc/stores");
    EXPECT_EQ(paths.keys, home_.path() / ".local/share/nats/nsc/keys");
    EXPECT_TRUE(paths.standard);
}

TEST_F(NscPathsTest, OlderPlacesAreUsedOnWhereOnlyTheyExist) {
    ASSERT_TRUE(write_private_file(home_.path() / ".nsc/nsc.json", "{}"));
    fs::create_directories(home_.path() / ".nsc/nats");
    fs::create_directories(home_.path() / ".nkeys");
    const auto paths = resolve_paths(environment_, {});
    EXPECT_EQ(paths.config, home_.path() / ".nsc");
    EXPECT_EQ(paths.stores, home_.path() / ".nsc/nats");
    EXPECT_EQ(paths.keys, home_.path() / ".nkeys");
    EXPECT_FALSE(paths.standard);
}

TEST_F(NscPathsTest, TodaysPlacesWinOnceTheyExist) {
    fs::create_directories(home_.path() / ".nsc/nats");
    fs::create_directories(home_.path() / ".nkeys");
    fs::create_directories(home_.path() / ".local/share/nats/nsc/stores");
    fs::create_directories(home_.path() / ".local/share/nats/nsc/keys");
    EXPECT_TRUE(resolve_paths(environment_, {}).standard);
}

TEST_F(NscPathsTest, FlagsBeatVariables) {
    const fs::path root = environment_.working_folder.root_path();
    environment_.nkeys_path = "/k";
    environment_.nsc_home = "/c";
    EXPECT_EQ(resolve_paths(environment_, {}).keys, root / "k");
    EXPECT_EQ(resolve_paths(environment_, {}).config, root / "c");
    const auto paths = resolve_paths(environment_, {"conf/", "~/data", "/keys", ""});
    EXPECT_EQ(paths.config, home_.path() / "work/conf");
    EXPECT_EQ(paths.stores, home_.path() / "data");
    EXPECT_TRUE(paths.stores_given);
    EXPECT_EQ(paths.keys, root / "keys");
    const auto all = resolve_paths(environment_, {"conf", "", "", "/all"});
    EXPECT_EQ(all.config, root / "all");
    EXPECT_EQ(all.stores, root / "all");
    EXPECT_EQ(all.keys, root / "all");
}

TEST_F(NscPathsTest, AMovedDataHomeIsNotTheStandardOne) {
    environment_.xdg_data_home = "/elsewhere";
    EXPECT_EQ(resolve_paths(environment_, {}).stores, "/elsewhere/nats/nsc/stores");
    EXPECT_FALSE(resolve_paths(environment_, {}).standard);
}

TEST_F(NscPathsTest, PathsBelowHomeAreShownWithATilde) {
    EXPECT_EQ(abbreviate_home(environment_, home_.path() / "a/b"),
              fs::path("~/a/b").make_preferred().string());
    EXPECT_EQ(abbreviate_home(environment_, home_.path()), "~");
    EXPECT_EQ(abbreviate_home(environment_, home_.path().string() + "2/a"),
              home_.path().string() + "2/a");
}

}  // namespace
}  // namespace midge::tools
