// resolver-dir: files placed by hand, leftovers of a crash, limits and deletion.
#include <chrono>

#include "base/json_writer.h"
#include "plugin/dir_support.h"

namespace midge::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

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
    fs::create_directories(dir_ / (a_ + ".jwt"));  // a directory has the name of the file
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
        EXPECT_EQ(folder_.read("jwts/" + shard + "/" + a_ + ".jwt"), jwt_of("x"));
        place(b_ + ".jwt", jwt_of("not in its shard"));
        EXPECT_THAT(list(*resolver).value(), UnorderedElementsAre(a_));
    }
    EXPECT_EQ(fetch(*open(",\"shard\":true"), a_), jwt_of("x"));
}

TEST_F(DirResolverTest, RefusesAFileThatIsTooLargeOrNoRegularFile) {
    place(a_ + ".jwt", std::string(jwt_bytes_max + 1, 'x'));
    fs::create_directories(dir_ / (b_ + ".jwt"));
    const auto resolver = open();
    EXPECT_THAT(fetch(*resolver, a_).error().text, HasSubstr("is over 1048576 bytes"));
    EXPECT_THAT(fetch(*resolver, b_).error().text, HasSubstr("is not a regular file"));
}

TEST_F(DirResolverTest, NamesWhatIsWrongWithItsSettings) {
    EXPECT_THAT(make(",\"limit\":-1").error().text, HasSubstr("\"limit\" is -1"));
    EXPECT_THAT(make(",\"allow_delete\":\"yes\"").error().text, HasSubstr("allow_delete"));
    EXPECT_THAT(make(",\"hard_delete\":true").error().text,
                HasSubstr("\"hard_delete\" has no effect"));
    const auto no_dir = PluginResolver::create(*resolver_dir_table(), {"{}", patience}, {}, log_);
    EXPECT_THAT(no_dir.error().text, HasSubstr("\"dir\" is missing"));
    folder_.write("file", "");
    JsonWriter below_a_file;
    below_a_file.begin_object().field("dir", (folder_.path() / "file").string());
    const auto no_directory = PluginResolver::create(
        *resolver_dir_table(), {below_a_file.end_object().take(), patience}, {}, log_);
    EXPECT_THAT(no_directory.error().text, HasSubstr("is not a directory"));
}

}  // namespace
}  // namespace midge::test
