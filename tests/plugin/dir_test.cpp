// resolver-dir: files placed by hand, what a crash leaves, limits and deletion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/json.h"
#include "host/plugin_resolver.h"
#include "plugin/plugin_support.h"
#include "resolver-dir/dir_resolver.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

class DirResolverTest : public ::testing::Test {
  protected:
    // `more` are further members: `,"limit":1`.
    Result<std::unique_ptr<PluginResolver>> make(const std::string& more = "") {
        JsonWriter dir;
        dir.value(dir_.string());
        return PluginResolver::create(*resolver_dir_table(), "{\"dir\":" + dir.take() + more + "}",
                                      patience, {}, log_);
    }
    std::unique_ptr<PluginResolver> open(const std::string& more = "") {
        auto made = make(more);
        EXPECT_TRUE(made) << made.error().text;
        return made ? std::move(*made) : nullptr;
    }
    void place(const std::string& name, const std::string& content) const {
        fs::create_directories(dir_);
        folder_.write("jwts/" + name, content);
    }

    CaptureLogger log_;
    const TempFolder folder_;
    const fs::path dir_ = folder_.path() / "jwts";
    const std::string a_ = account_key(1);
    const std::string b_ = account_key(2);
};

TEST_F(DirResolverTest, MakesTheDirectoryAndFilesForTheOwnerOnly) {
    const auto resolver = open();
    EXPECT_EQ(mode_of(dir_), 0700U);
    ASSERT_TRUE(store(*resolver, a_, jwt_of("x")));
    EXPECT_EQ(mode_of(dir_ / (a_ + ".jwt")), 0600U);
    EXPECT_EQ(folder_.read("jwts/" + a_ + ".jwt"), jwt_of("x"));
    EXPECT_THAT(names_in(dir_), UnorderedElementsAre(a_ + ".jwt"));
}

TEST_F(DirResolverTest, KeepsWhatWasStoredOverARestart) {
    ASSERT_TRUE(store(*open(), a_, jwt_of("x")));
    EXPECT_EQ(fetch(*open(), a_), jwt_of("x"));
}

TEST_F(DirResolverTest, WritesWhatItAcceptedBeforeAStop) {
    const auto resolver = open();
    Answer<void> answer;
    resolver->store(a_, jwt_of("x"), answer.callback());
    resolver->stop();
    EXPECT_TRUE(answer.get());
    EXPECT_EQ(folder_.read("jwts/" + a_ + ".jwt"), jwt_of("x"));
}

TEST_F(DirResolverTest, FindsFilesThatArePlacedByHandWhileItRuns) {
    const auto resolver = open();
    place(a_ + ".jwt", jwt_of("x") + "\n");
    EXPECT_EQ(fetch(*resolver, a_), jwt_of("x"));
    EXPECT_THAT(list(*resolver).value(), UnorderedElementsAre(a_));
}

TEST_F(DirResolverTest, AnEmptyFileCountsAsNoneAndCanBeReplacedAndErased) {
    place(a_ + ".jwt", "");
    const auto resolver = open(",\"allow_delete\":true,\"hard_delete\":true");
    EXPECT_EQ(fetch(*resolver, a_).error().code, Errc::not_found);
    EXPECT_THAT(list(*resolver).value(), IsEmpty());
    ASSERT_TRUE(store(*resolver, a_, jwt_of("x")));
    EXPECT_EQ(fetch(*resolver, a_), jwt_of("x"));
    place(a_ + ".jwt", "");
    ASSERT_TRUE(erase(*resolver, a_));
    EXPECT_FALSE(fs::exists(dir_ / (a_ + ".jwt")));
}

TEST_F(DirResolverTest, RemovesTemporaryFilesThatACrashLeft) {
    const std::string old_one = "." + a_ + ".abc.tmp";
    const std::string of_another_instance = "." + b_ + ".def.tmp";
    place(old_one, "half a JW");
    place(of_another_instance, "being written");
    place("notes.tmp", "somebody's");
    fs::last_write_time(dir_ / old_one, fs::file_time_type::clock::now() - std::chrono::hours(1));
    fs::last_write_time(dir_ / "notes.tmp",
                        fs::file_time_type::clock::now() - std::chrono::hours(1));
    const auto resolver = open();
    EXPECT_THAT(names_in(dir_), UnorderedElementsAre(of_another_instance, "notes.tmp"));
    EXPECT_THAT(list(*resolver).value(), IsEmpty());
    EXPECT_EQ(fetch(*resolver, a_).error().code, Errc::not_found);
}

TEST_F(DirResolverTest, AWriteThatCannotReplaceLeavesTheOldContentAndNoTemporaryFile) {
    fs::create_directories(dir_ / (a_ + ".jwt"));  // a directory is in the way
    const auto resolver = open();
    const auto stored = store(*resolver, a_, jwt_of("x"));
    ASSERT_FALSE(stored);
    EXPECT_THAT(stored.error().text, HasSubstr(a_ + ".jwt"));
    EXPECT_THAT(names_in(dir_), UnorderedElementsAre(a_ + ".jwt"));
}

TEST_F(DirResolverTest, RefusesAccountsOverTheLimitButReplacesOldOnes) {
    const auto resolver = open(",\"limit\":1");
    ASSERT_TRUE(store(*resolver, a_, jwt_of("1")));
    const auto refused = store(*resolver, b_, jwt_of("1"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::denied);
    EXPECT_THAT(refused.error().text, HasSubstr("jwt store is full"));
    EXPECT_TRUE(store(*resolver, a_, jwt_of("2")));
}

TEST_F(DirResolverTest, ErasesOnlyWhereItIsAllowed) {
    place(a_ + ".jwt", jwt_of("x"));
    const auto refused = erase(*open(), a_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::denied);
    EXPECT_TRUE(fs::exists(dir_ / (a_ + ".jwt")));

    ASSERT_TRUE(erase(*open(",\"allow_delete\":true"), a_));
    EXPECT_THAT(names_in(dir_), UnorderedElementsAre(a_ + ".jwt.deleted"));

    place(b_ + ".jwt", jwt_of("x"));
    ASSERT_TRUE(erase(*open(",\"allow_delete\":true,\"hard_delete\":true"), b_));
    EXPECT_THAT(names_in(dir_), UnorderedElementsAre(a_ + ".jwt.deleted"));
}

TEST_F(DirResolverTest, ShardsByTheLastTwoCharactersOfTheKey) {
    const std::string shard = a_.substr(54);
    place("ignored", "");
    {
        const auto resolver = open(",\"shard\":true");
        ASSERT_TRUE(store(*resolver, a_, jwt_of("x")));
        EXPECT_EQ(mode_of(dir_ / shard), 0700U);
        EXPECT_EQ(folder_.read("jwts/" + shard + "/" + a_ + ".jwt"), jwt_of("x"));
        place(b_ + ".jwt", jwt_of("not in its shard"));
        EXPECT_THAT(list(*resolver).value(), UnorderedElementsAre(a_));
    }
    EXPECT_EQ(fetch(*open(",\"shard\":true"), a_), jwt_of("x"));
}

TEST_F(DirResolverTest, RefusesAFileThatIsTooLargeOrNoRegularFile) {
    place(a_ + ".jwt", std::string(jwt_bytes_max + 1, 'x'));
    ASSERT_EQ(::mkfifo((dir_ / (b_ + ".jwt")).c_str(), 0600), 0);
    const auto resolver = open();
    EXPECT_THAT(fetch(*resolver, a_).error().text, HasSubstr("is over 1048576 bytes"));
    EXPECT_THAT(fetch(*resolver, b_).error().text, HasSubstr("is not a regular file"));
}

TEST_F(DirResolverTest, NamesWhatIsWrongWithItsSettings) {
    EXPECT_THAT(make(",\"limit\":-1").error().text, HasSubstr("\"limit\" is -1"));
    EXPECT_THAT(make(",\"allow_delete\":\"yes\"").error().text, HasSubstr("allow_delete"));
    EXPECT_THAT(make(",\"hard_delete\":true").error().text,
                HasSubstr("\"hard_delete\" has no effect"));
    const auto no_dir = PluginResolver::create(*resolver_dir_table(), "{}", patience, {}, log_);
    EXPECT_THAT(no_dir.error().text, HasSubstr("\"dir\" is missing"));
    folder_.write("file", "");
    const std::string below_a_file = "{\"dir\":\"" + (folder_.path() / "file").string() + "\"}";
    const auto no_directory =
        PluginResolver::create(*resolver_dir_table(), below_a_file, patience, {}, log_);
    EXPECT_THAT(no_directory.error().text, HasSubstr("is not a directory"));
}

}  // namespace
}  // namespace midge::test
