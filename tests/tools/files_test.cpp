#include "common/files.h"

#include <gtest/gtest.h>

#include "tools/temporary_folder.h"

namespace midge::tools {
namespace fs = std::filesystem;
namespace {

TEST(Files, ReplacingAFileLeavesNoTemporaryFile) {
    const TemporaryFolder folder;
    const fs::path file = folder.path() / "f";
    ASSERT_TRUE(write_private_file(file, "old"));
    ASSERT_TRUE(write_private_file(file, "new"));
    EXPECT_EQ(read_file(file).value(), "new");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
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

}  // namespace
}  // namespace midge::tools
