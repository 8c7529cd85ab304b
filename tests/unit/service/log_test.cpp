// The log: its lines, its file, and what happens when the file is in trouble.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include "base/text.h"
#include "log_file.h"
#include "log_line.h"
#include "process_info.h"
#include "service_logger.h"
#include "support/temp_folder.h"

namespace midge {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// 2020-01-02 03:04:05.678901 UTC
constexpr WallNanos some_time = 1577934245678901234;

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> files_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& file : fs::directory_iterator(folder))
        names.push_back(file.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

TEST(LogLine, has_the_form_of_nats_server) {
    LogLineForm form{47, true, true, false};
    EXPECT_EQ(log_line(form, LogLevel::info, some_time, "Server is ready"),
              "[47] 2020/01/02 03:04:05.678901 [INF] Server is ready\n");
    form.time = false;
    EXPECT_EQ(log_line(form, LogLevel::warn, some_time, "w"), "[47] [WRN] w\n");
    EXPECT_EQ(log_line(form, LogLevel::error, some_time, "e"), "[47] [ERR] e\n");
    EXPECT_EQ(log_line(form, LogLevel::debug, some_time, "d"), "[47] [DBG] d\n");
    EXPECT_EQ(log_line(form, LogLevel::trace, some_time, "t"), "[47] [TRC] t\n");
    EXPECT_EQ(log_line(form, LogLevel::fatal, some_time, "f"), "[47] [FTL] f\n");
    form.color = true;
    EXPECT_EQ(log_line(form, LogLevel::info, some_time, "i"), "[47] [\x1b[32mINF\x1b[0m] i\n");
}

TEST(LogLine, stays_one_line_whatever_a_client_sends) {
    const LogLineForm form{1, false, false, false};
    EXPECT_EQ(log_line(form, LogLevel::info, 0, "a\nb\r\x1b[31m\x7f\tc\xC3\xA9"),
              "[1] [INF] a\\nb\\r\\x1b[31m\\x7f\tc\xC3\xA9\n");
}

TEST(LogLine, is_a_json_object_when_asked) {
    LogLineForm form{47, true, true, false, true};
    EXPECT_EQ(log_line(form, LogLevel::warn, some_time, "a \"b\"\n\x1b\xff"),
              R"({"time":"2020-01-02T03:04:05.678901Z","level":"warn","pid":47,)"
              R"("text":"a \"b\"\n\u001b)"
              "\xEF\xBF\xBD\"}\n");
    form.time = false;
    EXPECT_EQ(log_line(form, LogLevel::error, some_time, "e"),
              "{\"level\":\"error\",\"pid\":47,\"text\":\"e\"}\n");
}

TEST(LogLine, has_fields_of_its_own_in_json_and_not_in_text) {
    const LogFields fields{
        {"cid", 5}, {"address", "127.0.0.1:4"}, {"account", ""}, {"reason", "\"x\"\n"}};
    const std::string text = "127.0.0.1:4 - cid:5 - refused";
    const LogEntry entry{text, text.find("refused"), fields};
    LogLineForm form{47, false, true, false, true};
    EXPECT_EQ(log_line(form, LogLevel::error, some_time, entry),
              R"({"level":"error","pid":47,"text":"refused","cid":5,"address":"127.0.0.1:4",)"
              R"("reason":"\"x\"\n"})"
              "\n");
    form.json = false;
    EXPECT_EQ(log_line(form, LogLevel::error, some_time, entry), "[47] [ERR] " + text + "\n");
    EXPECT_EQ(log_text(form, LogLevel::error, some_time, entry), text);
}

TEST(LogFields, keep_one_value_for_each_name) {
    LogFields fields{{"account", "A"}, {"user", "u"}};
    fields.add({"account", "B"});
    fields.add({"user", ""});
    ASSERT_EQ(fields.all().size(), 2U);
    EXPECT_EQ(std::get<std::string>(fields.all()[0].second), "B");
    EXPECT_EQ(std::get<std::string>(fields.all()[1].second), "u");
}

class LogFileTest : public ::testing::Test {
  protected:
    std::unique_ptr<LogFile> open(LogFileLimits limits) {
        auto log = LogFile::open(path(), limits, [this](LogLevel, const std::string& text) {
            reports_.push_back(text);
        });
        EXPECT_TRUE(log) << log.error().text;
        return std::move(*log);
    }
    [[nodiscard]] std::string path() const { return (folder_.path() / "x.log").string(); }

    test::TempFolder folder_;
    std::vector<std::string> reports_;
};

TEST_F(LogFileTest, appends_to_what_is_there) {
    open({})->write("one\n");
    open({})->write("two\n");
    EXPECT_EQ(read_text(path()), "one\ntwo\n");
}

TEST_F(LogFileTest, is_rotated_before_it_grows_over_the_limit) {
    const auto log = open({10, 0});
    log->write("12345\n");
    log->write("67890\n");
    EXPECT_EQ(read_text(path()), "67890\n");
    const auto files = files_in(folder_.path());
    ASSERT_EQ(files.size(), 2U);
    const std::regex stamped("x\\.log\\.[0-9]{4}(\\.[0-9]{2}){5}\\.[0-9]{9}");
    EXPECT_TRUE(std::regex_match(files[1], stamped)) << files[1];
    EXPECT_EQ(read_text(folder_.path() / files[1]), "12345\n");
    EXPECT_THAT(reports_, ElementsAre(StartsWith("Rotated log, backup saved as \"")));
}

TEST_F(LogFileTest, keeps_as_many_files_as_it_may) {
    std::ofstream(folder_.path() / "x.log.not-a-backup") << "kept";
    const auto log = open({3, 3});
    for (int i = 0; i < 6; ++i) log->write(std::to_string(i) + "..\n");
    EXPECT_EQ(files_in(folder_.path()).size(), 3U + 1U);
    EXPECT_EQ(read_text(path()), "5..\n");
    EXPECT_EQ(read_text(folder_.path() / files_in(folder_.path())[1]), "3..\n");
}

TEST_F(LogFileTest, is_rotated_when_a_period_is_over) {
    constexpr WallNanos hour = 3600LL * 1'000'000'000;
    const WallNanos start = (wall_now() / hour + 1) * hour;
    const auto log = open({0, 2, std::chrono::hours(1)});
    log->write("1\n", start);
    log->write("2\n", start + hour - 1);
    EXPECT_EQ(read_text(path()), "1\n2\n");
    log->write("3\n", start + hour);
    log->write("4\n", start + hour - 1);  // written late
    EXPECT_EQ(read_text(path()), "3\n4\n");
    log->write("5\n", start + 5 * hour);
    EXPECT_EQ(read_text(path()), "5\n");
    EXPECT_EQ(files_in(folder_.path()).size(), 2U);
}

TEST_F(LogFileTest, knows_the_period_of_what_an_earlier_process_wrote) {
    constexpr WallNanos hour = 3600LL * 1'000'000'000;
    open({})->write("old\n");
    fs::last_write_time(path(), fs::file_time_type::clock::now() - std::chrono::hours(2));
    const auto log = open({0, 0, std::chrono::hours(1)});
    const WallNanos now = wall_now();
    log->write("new\n", now);
    EXPECT_EQ(read_text(path()), "new\n");
    log->write("newer\n", now / hour * hour);
    EXPECT_EQ(read_text(path()), "new\nnewer\n");
    EXPECT_EQ(files_in(folder_.path()).size(), 2U);
}

TEST_F(LogFileTest, goes_on_in_a_new_file_when_reopened) {
    const auto log = open({});
    log->write("old\n");
    fs::rename(path(), path() + ".moved");
    log->write("still old\n");
    ASSERT_TRUE(log->reopen());
    log->write("new\n");
    EXPECT_EQ(read_text(path() + ".moved"), "old\nstill old\n");
    EXPECT_EQ(read_text(path()), "new\n");
}

TEST_F(LogFileTest, keeps_the_open_file_when_it_cannot_be_reopened) {
    const auto log = open({});
    fs::rename(path(), path() + ".moved");
    fs::create_directory(path());
    const auto reopened = log->reopen();
    ASSERT_FALSE(reopened);
    EXPECT_THAT(reopened.error().text, HasSubstr(path()));
    log->write("line\n");
    EXPECT_EQ(read_text(path() + ".moved"), "line\n");
}

LogOptions untimed_log(const test::TempFolder& folder) {
    LogOptions options;
    options.file = (folder.path() / "x.log").string();
    options.time = false;
    return options;
}

TEST(ServiceLogger, writes_every_line_of_many_threads_to_its_file) {
    const test::TempFolder folder;
    const LogOptions options = untimed_log(folder);
    {
        ServiceLogger log;
        ASSERT_TRUE(log.configure(options));
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&log, thread] {
                for (int i = 0; i < 500; ++i) log.info("{} {}", thread, i);
            });
        }
        for (std::thread& thread : threads) thread.join();
    }
    const std::string text = read_text(options.file);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2000);
    EXPECT_THAT(text, HasSubstr(fmt::format("[{}] [INF] 3 499\n", current_process_id())));
}

TEST(ServiceLogger, takes_fields_only_for_json) {
    const test::TempFolder folder;
    LogOptions options = untimed_log(folder);
    ServiceLogger log;
    ASSERT_TRUE(log.configure(options));
    EXPECT_FALSE(log.takes_fields());
    log.log_with(LogLevel::warn, {{"reason", "why"}}, "as {}", "text");
    options.json = true;
    ASSERT_TRUE(log.configure(options));
    EXPECT_TRUE(log.takes_fields());
    log.log_with(LogLevel::warn, {{"reason", "why"}}, "as {}", "json");
    log.log_with(LogLevel::debug, {{"reason", "why"}}, "not at all");
    log.flush();
    const int pid = current_process_id();
    EXPECT_EQ(read_text(options.file),
              fmt::format("[{}] [WRN] as text\n", pid) +
                  fmt::format(R"({{"level":"warn","pid":{},"text":"as json","reason":"why"}})"
                              "\n",
                              pid));
}

TEST(ServiceLogger, keeps_its_file_when_a_new_one_cannot_be_opened) {
    const test::TempFolder folder;
    LogOptions options;
    options.file = (folder.path() / "x.log").string();
    ServiceLogger log;
    ASSERT_TRUE(log.configure(options));
    LogOptions bad = options;
    bad.file = (folder.path() / "no" / "such" / "x.log").string();
    const auto configured = log.configure(bad);
    ASSERT_FALSE(configured);
    EXPECT_THAT(configured.error().text, StartsWith("error opening file: open "));
    log.info("still here");
    log.flush();
    EXPECT_THAT(read_text(options.file), EndsWith("[INF] still here\n"));
}

TEST(ServiceLogger, logs_debug_and_trace_only_when_asked) {
    ServiceLogger log;
    EXPECT_FALSE(log.enabled(LogLevel::debug));
    EXPECT_FALSE(log.enabled(LogLevel::trace));
    EXPECT_TRUE(log.enabled(LogLevel::info));
    LogOptions options;
    options.debug = true;
    ASSERT_TRUE(log.configure(options));
    EXPECT_TRUE(log.enabled(LogLevel::debug));
    EXPECT_FALSE(log.enabled(LogLevel::trace));
}

TEST(ServiceLogger, survives_a_reopen_without_a_file) {
    ::testing::internal::CaptureStderr();
    ServiceLogger log;
    log.reopen();
    log.flush();
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("not a file logger"));
}

}  // namespace
}  // namespace midge
