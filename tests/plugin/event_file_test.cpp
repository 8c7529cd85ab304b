// The files of sink-file: their sizes, and what is written when writing works again.
#include "sink-file/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/rotated_files.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EventFileTest : public ::testing::Test {
  protected:
    EventFile open(EventFileLimits limits = {}) {
        auto file = EventFile::open(path_, limits);
        EXPECT_TRUE(file) << file.error().text;
        return std::move(*file);
    }
    static void done(const Result<>& result) { EXPECT_TRUE(result) << result.error().text; }
    // Events with the numbers first..last.
    static EventLines events(uint64_t first, uint64_t last) {
        EventLines lines;
        for (; first <= last; ++first) lines.add_event(first, "s", "{}");
        return lines;
    }
    // What all files have, the oldest first, "|" between files.
    [[nodiscard]] std::string written() const {
        std::string text;
        const auto files = rotated_files(path_);
        for (const auto& file : *files) text += read(file) + "|";
        return text + read(path_);
    }
    // The text of a line without its frame: "1" for {"seq":1,...}, "gap 1-2" for a gap.
    static std::string shorter(const std::string& line) {
        if (line.starts_with("{\"seq\":")) return line.substr(7, line.find(',') - 7);
        if (line.starts_with("{\"gap\":{")) return "gap";
        return line.empty() ? "empty" : "torn";
    }
    static std::string read(const std::filesystem::path& file) {
        std::ifstream in(file, std::ios::binary);
        std::string text;
        for (std::string line; std::getline(in, line);) text += shorter(line) + " ";
        return text;
    }

    const TempFolder folder_;
    const std::filesystem::path path_ = folder_.path() / "events.json";
    const uint64_t line_bytes_ = event_line(1, "s", "{}").size();
};

TEST_F(EventFileTest, NotesWhatWasLostBeforeTheNextLine) {
    auto file = open();
    std::filesystem::rename(path_, folder_.path() / "old");
    std::filesystem::create_directory(path_);  // in the way of opening it again
    EXPECT_FALSE(file.append(events(1, 1)));
    EXPECT_FALSE(file.append(events(2, 2)));
    EXPECT_EQ(file.lost().count, 2U);
    std::filesystem::remove(path_);
    ASSERT_TRUE(file.append(events(3, 3)));
    EXPECT_EQ(file.lost().count, 0U);
    EXPECT_EQ(folder_.read("events.json"),
              "{\"gap\":{\"first\":1,\"last\":2,\"count\":2}}\n"
              "{\"seq\":3,\"subject\":\"s\",\"event\":{}}\n");
}

TEST_F(EventFileTest, IsFilledToTheLastByteAndNotBeyond) {
    done(open({2 * line_bytes_, 0}).append(events(1, 5)));
    EXPECT_EQ(written(), "1 2 |3 4 |5 ");
    EXPECT_EQ(std::filesystem::file_size(rotated_files(path_).value()[0]), 2 * line_bytes_);
}

TEST_F(EventFileTest, OneByteLessThanTwoLinesIsALimitOfOneLine) {
    done(open({2 * line_bytes_ - 1, 0}).append(events(1, 3)));
    EXPECT_EQ(written(), "1 |2 |3 ");
}

TEST_F(EventFileTest, ALineThatIsLargerThanTheLimitHasAFileToItself) {
    done(open({1, 0}).append(events(1, 3)));
    EXPECT_EQ(written(), "1 |2 |3 ");
}

TEST_F(EventFileTest, GoesOnWithTheFileOfAnEarlierRun) {
    done(open({2 * line_bytes_, 0}).append(events(1, 1)));
    done(open({2 * line_bytes_, 0}).append(events(2, 3)));
    EXPECT_EQ(written(), "1 2 |3 ");
}

TEST_F(EventFileTest, EndsALineThatAnEarlierRunLeftUnfinished) {
    std::ofstream(path_) << "{\"seq\":1,\"subj";
    done(open().append(events(2, 2)));
    EXPECT_EQ(written(), "1 2 ");
    std::ofstream(path_, std::ios::app) << "{\"se";
    done(open({line_bytes_, 0}).append(events(3, 3)));
    EXPECT_EQ(written(), "1 2 torn |3 ");
}

TEST_F(EventFileTest, WithoutALimitThereIsOneFile) {
    done(open().append(events(1, 20'000)));  // more than one piece
    EXPECT_THAT(rotated_files(path_).value(), ElementsAre());
    std::ifstream in(path_);
    uint64_t seq = 0;
    for (std::string line; std::getline(in, line);) ASSERT_EQ(shorter(line), std::to_string(++seq));
    EXPECT_EQ(seq, 20'000U);
}

TEST_F(EventFileTest, KeepsTheNewestFiles) {
    auto file = open({1, 3});
    done(file.append(events(1, 6)));
    done(file.purge());
    EXPECT_EQ(written(), "4 |5 |6 ");
    EXPECT_EQ(file.rotations(), 5U);
}

TEST_F(EventFileTest, DoesNotGrowWhenItCannotBeRenamed) {
    const auto path = folder_.path() / std::string(250, 'x');  // no room for the time
    auto file = EventFile::open(path, {2 * line_bytes_, 0});
    ASSERT_TRUE(file) << file.error().text;
    const auto appended = file->append(events(1, 4));
    ASSERT_FALSE(appended);
    EXPECT_THAT(appended.error().text, HasSubstr("rename "));
    EXPECT_EQ(file->events_written(), 2U);
    EXPECT_EQ(file->last_written(), 2U);
    EXPECT_EQ(file->lost().count, 2U);
    EXPECT_EQ(std::filesystem::file_size(path), 2 * line_bytes_);
    std::filesystem::rename(path, path_);  // as an operator would
    ASSERT_TRUE(file->append(events(5, 5)));
    EXPECT_EQ(read(path), "gap 5 ");
}

}  // namespace
}  // namespace midge::test
