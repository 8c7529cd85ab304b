// resolver-dir: access rights of its files, and paths that are not regular files.
#include <sys/stat.h>

#include "plugin/dir_support.h"

namespace midge::test {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

TEST_F(DirResolverTest, MakesTheDirectoryAndFilesForTheOwnerOnly) {
    const auto resolver = open();
    EXPECT_EQ(mode_of(dir_), 0700U);
    ASSERT_TRUE(store(*resolver, a_, jwt_of("x")));
    EXPECT_EQ(mode_of(dir_ / (a_ + ".jwt")), 0600U);
    EXPECT_EQ(folder_.read("jwts/" + a_ + ".jwt"), jwt_of("x"));
    EXPECT_THAT(names_in(dir_), UnorderedElementsAre(a_ + ".jwt"));
}

TEST_F(DirResolverTest, MakesShardsForTheOwnerOnly) {
    ASSERT_TRUE(store(*open(",\"shard\":true"), a_, jwt_of("x")));
    EXPECT_EQ(mode_of(dir_ / a_.substr(54)), 0700U);
}

TEST_F(DirResolverTest, DoesNotWaitForAWriterOfAPipe) {
    fs::create_directories(dir_);
    ASSERT_EQ(::mkfifo((dir_ / (b_ + ".jwt")).c_str(), 0600), 0);
    EXPECT_THAT(fetch(*open(), b_).error().text, HasSubstr("is not a regular file"));
}

}  // namespace
}  // namespace midge::test
