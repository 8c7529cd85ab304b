#include "common/files.h"

#include <gtest/gtest.h>

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

TEST(Files, ReplacingAFileLeavesNoTemporaryFile) {
    const TemporaryFolder folder;
    const fs::path file = folder.path() / "f";
    ASSERT_TRUE(write_private_file(file, "old"));
    ASSERT_TRUE(write_private_file(file, "new"));
    EXPECT_EQ(read_file(file).value(), "new");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Files, WritingThroughALinkKeepsTheLink) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_private_file(folder.path() / "real", "old"));
    fs::create_symlink("real", folder.path() / "link");
    ASSERT_TRUE(write_private_file(folder.path() / "link", "new"));
    EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
    EXPECT_EQ(read_file(folder.path() / "real").value(), "new");
}

TEST(Files, AFileOverTheLimitIsRefusedByName) {
    const TemporaryFolder folder;
    ASSERT_TRUE(write_private_file(folder.path() / "big", "12345"));
    const auto text = read_file(folder.path() / "big", 4);
    ASSERT_FALSE(text);
    EXPECT_NE(text.error().text.find("more than 4 bytes"), std::string::npos);
    EXPECT_TRUE(read_file(folder.path() / "big", 5));
}

TEST(Files, AMissingFileIsNotFoundAndAFolderIsNot) {
    const TemporaryFolder folder;
    EXPECT_EQ(read_file(folder.path() / "none").error().code, Errc::not_found);
    EXPECT_EQ(read_file(folder.path()).error().code, Errc::failed);
}

TEST(Files, OutputToADeviceIsWrittenToIt) {
    EXPECT_TRUE(write_output_file("/dev/null", "x"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace midge::tools
