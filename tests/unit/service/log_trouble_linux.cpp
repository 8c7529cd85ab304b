// A log file whose folder goes away; Windows keeps the folder of an open file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "log_file.h"
#include "support/temp_folder.h"

namespace midge {
namespace {

namespace fs = std::filesystem;
using ::testing::MatchesRegex;

TEST(LogFile, writes_to_standard_error_while_there_is_no_file_to_open) {
    const test::TempFolder folder;
    const fs::path inner = folder.path() / "inner";
    fs::create_directory(inner);
    const std::string inner_log = (inner / "x.log").string();
    auto log = LogFile::open(inner_log, {4, 0}, [](LogLevel, const std::string&) {});
    ASSERT_TRUE(log);
    (*log)->write("1234\n");
    fs::remove_all(inner);
    ::testing::internal::CaptureStderr();
    (*log)->write("5678\n");
    (*log)->write("9\n");
    EXPECT_THAT(::testing::internal::GetCapturedStderr(),
                MatchesRegex("log file .*x.log: no such file or directory; .*\n5678\n9\n"));
    fs::create_directory(inner);
    (*log)->write("again\n");
    EXPECT_EQ(folder.read("inner/x.log"), "again\n");
}

}  // namespace
}  // namespace midge
