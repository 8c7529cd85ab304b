// Access rights, links and devices.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/file_sync.h"
#include "common/files.h"
#include "common/nsc_paths.h"
#include "tools/temporary_folder.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

constexpr auto all_bits = fs::perms::mask;

TEST(Files, AWrittenFileAndItsNewFoldersArePrivate) {
    const TemporaryFolder folder;
    const fs::path file = folder.path() / "a" / "b" / "secret";
    ASSERT_TRUE(write_private_file(file, "s"));
    EXPECT_EQ(fs::status(file).permissions() & all_bits,
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(folder.path() / "a").permissions() & all_bits, fs::perms::owner_all);
    EXPECT_EQ(fs::status(folder.path() / "a" / "b").permissions() & all_bits, fs::perms::owner_all);
}

TEST(Files, APrivateFileIsPrivateBeforeItsFirstByte) {
    const TemporaryFolder folder;
    const mode_t before = ::umask(0);
    std::error_code error;
    std::FILE* const file = create_private_file(folder.path() / "secret");
    const bool made = create_private_folder(folder.path() / "secrets", error);
    ::umask(before);
    ASSERT_NE(file, nullptr);
    ASSERT_TRUE(made) << error.message();
    EXPECT_EQ(fs::status(folder.path() / "secret").permissions() & all_bits,
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(fs::status(folder.path() / "secrets").permissions() & all_bits, fs::perms::owner_all);
    EXPECT_EQ(create_private_file(folder.path() / "secret"), nullptr);
    EXPECT_FALSE(create_private_folder(folder.path() / "secrets", error));
    EXPECT_FALSE(error);
    EXPECT_FALSE(create_private_folder(folder.path() / "secret", error));
    EXPECT_TRUE(error);
    std::fclose(file);
}

TEST(Files, WritingThroughALinkKeepsTheLink) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_private_file(folder.path() / "real", "old"));
    fs::create_symlink("real", folder.path() / "link");
    ASSERT_TRUE(write_private_file(folder.path() / "link", "new"));
    EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
    EXPECT_EQ(read_file(folder.path() / "real").value(), "new");
}

TEST(Files, OutputToADeviceIsWrittenToIt) {
    EXPECT_TRUE(write_output_file("/dev/null", "x"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(NscPaths, DanglingLinksAtOlderPlacesCountAsMissing) {
    const TemporaryFolder home;
    Environment environment;
    environment.home = home.path();
    environment.working_folder = home.path() / "work";
    fs::create_directory_symlink("nowhere", home.path() / ".nkeys");
    EXPECT_EQ(resolve_paths(environment, {}).keys, home.path() / ".local/share/nats/nsc/keys");
}

}  // namespace
}  // namespace midge::tools
