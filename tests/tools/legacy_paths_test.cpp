#include "common/legacy_paths.h"

#include <gtest/gtest.h>

#include "common/files.h"
#include "tools/temporary_folder.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

class LegacyPathsTest : public testing::Test {
  protected:
    LegacyPathsTest() {
        environment_.home = home_.path();
        environment_.working_folder = home_.path();
    }
    // Makes the folders that a first run makes.
    void make_standard_folders() {
        fs::create_directories(data() / "stores");
        fs::create_directories(data() / "keys");
    }
    [[nodiscard]] fs::path data() const { return standard_data_folder(environment_); }
    [[nodiscard]] LegacyPaths legacy() const {
        return {environment_, resolve_paths(environment_, {})};
    }

    TemporaryFolder home_;
    Environment environment_;
};

TEST_F(LegacyPathsTest, OldPathsLeadToTodaysFiles) {
    make_standard_folders();
    EXPECT_EQ(legacy().prepare().size(), 2U);
    EXPECT_TRUE(legacy().prepare().empty());
    ASSERT_TRUE(write_private_file(data() / "stores/O/O.jwt", "jwt"));
    EXPECT_EQ(read_file(home_.path() / ".nsc/nats/O/O.jwt").value(), "jwt");

    const fs::path real = data() / "keys/creds/O/A/U.creds";
    ASSERT_TRUE(write_private_file(real, "creds"));
    const fs::path old = legacy().user_file("O", "A", "U", ".creds");
    EXPECT_EQ(old, home_.path() / ".nkeys/O/accounts/A/users/U.creds");
    EXPECT_EQ(legacy().shown(old, real), real);
    legacy().link(old, real);
    EXPECT_EQ(read_file(old).value(), "creds");
    EXPECT_EQ(legacy().shown(old, real), old);
    legacy().unlink(old);
    EXPECT_FALSE(fs::exists(old));
    EXPECT_TRUE(fs::exists(real));
}

TEST_F(LegacyPathsTest, TheLinksDoNotMoveTheStandardPlaces) {
    make_standard_folders();
    legacy().prepare();
    EXPECT_TRUE(resolve_paths(environment_, {}).standard);
    // When the data is deleted, the links dangle, which counts as missing.
    fs::remove_all(data());
    EXPECT_TRUE(resolve_paths(environment_, {}).standard);
}

TEST_F(LegacyPathsTest, NothingOfSomebodyElseIsTouched) {
    make_standard_folders();
    ASSERT_TRUE(write_private_file(home_.path() / ".nkeys/O/O.nk", "old seed"));
    ASSERT_TRUE(write_private_file(home_.path() / ".nsc/nats/O/O.jwt", "old jwt"));
    EXPECT_TRUE(legacy().prepare().empty());
    ASSERT_TRUE(write_private_file(data() / "keys/keys/O/AA/OAA.nk", "new seed"));
    legacy().link(legacy().operator_key("O"), data() / "keys/keys/O/AA/OAA.nk");
    EXPECT_EQ(read_file(home_.path() / ".nkeys/O/O.nk").value(), "old seed");
}

TEST_F(LegacyPathsTest, NoLinkIsMadeForFoldersThatWereMoved) {
    environment_.xdg_data_home = (home_.path() / "data").string();
    fs::create_directories(home_.path() / "data/nats/nsc/stores");
    fs::create_directories(home_.path() / "data/nats/nsc/keys");
    EXPECT_TRUE(legacy().prepare().empty());
    EXPECT_FALSE(fs::exists(home_.path() / ".nkeys"));
}

TEST_F(LegacyPathsTest, ALinkOfADeletedKeyIsReplaced) {
    make_standard_folders();
    legacy().prepare();
    ASSERT_TRUE(write_private_file(data() / "keys/keys/O/AA/1.nk", "1"));
    ASSERT_TRUE(write_private_file(data() / "keys/keys/O/AA/2.nk", "2"));
    legacy().link(legacy().operator_key("O"), data() / "keys/keys/O/AA/1.nk");
    legacy().link(legacy().operator_key("O"), data() / "keys/keys/O/AA/2.nk");
    EXPECT_EQ(read_file(legacy().operator_key("O")).value(), "2");
}

}  // namespace
}  // namespace midge::tools
