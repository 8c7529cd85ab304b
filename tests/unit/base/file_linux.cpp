// Files in all states that may occur on a disk.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/program.h"

namespace midge {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
  protected:
    void SetUp() override {
        char name[] = "/tmp/midge-file-XXXXXX";
        ASSERT_NE(::mkdtemp(name), nullptr);
        folder_ = name;
        path_ = folder_ / "f";
    }
    void TearDown() override {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    void put(std::string_view text) const { std::ofstream(path_, std::ios::binary) << text; }
    [[nodiscard]] std::string error(FileLimits limits) const {
        const auto text = read_text_file(path_.string(), limits);
        return text ? "" : text.error().text;
    }

    fs::path folder_;
    fs::path path_;
    static constexpr FileLimits regular{.bytes_max = 1000};
    static constexpr FileLimits any{.bytes_max = 1000, .pipes = true};
};

TEST_F(FileTest, that_is_one_is_read_whole_up_to_its_limit) {
    put(std::string("a\0b", 3));
    EXPECT_EQ(read_text_file(path_.string(), regular).value(), std::string("a\0b", 3));
    put(std::string(1000, 'x'));
    EXPECT_EQ(read_text_file(path_.string(), regular).value().size(), 1000U);
    put(std::string(1001, 'x'));
    EXPECT_EQ(error(regular), "read " + path_.string() + ": the file is larger than 1000 bytes");
}

TEST_F(FileTest, that_is_none_is_named_in_the_words_of_go) {
    EXPECT_EQ(error(regular), "open " + path_.string() + ": no such file or directory");
    fs::create_directory(path_);
    EXPECT_EQ(error(regular), "read " + path_.string() + ": is a directory");
    EXPECT_EQ(error(any), "read " + path_.string() + ": is a directory");
}

TEST_F(FileTest, that_is_a_pipe_without_a_writer_is_not_waited_for) {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_EQ(error(regular), "read " + path_.string() + ": not a regular file");
    EXPECT_EQ(error(any), "read " + path_.string() + ": nobody writes to this pipe");
    EXPECT_EQ(open_c_file(path_, "ab"), nullptr);
    EXPECT_EQ(errno, ENXIO);
    EXPECT_EQ(open_c_file(path_, "wb"), nullptr);
    EXPECT_EQ(errno, ENXIO);
}

TEST_F(FileTest, that_is_a_pipe_with_a_writer_is_read_where_that_is_allowed) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ASSERT_EQ(::write(ends[1], "text", 4), 4);
    ::close(ends[1]);
    const std::string path = "/dev/fd/" + std::to_string(ends[0]);
    EXPECT_EQ(read_text_file(path, any).value(), "text");
    ::close(ends[0]);
    EXPECT_EQ(read_text_file("/dev/null", any).value(), "");
    EXPECT_FALSE(read_text_file("/dev/zero", any));
}

}  // namespace
}  // namespace midge
