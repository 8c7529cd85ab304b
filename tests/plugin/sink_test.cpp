// sink-file, and the host's side of sinks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/rotated_files.h"
#include "host/plugin_library.h"
#include "host/plugin_sink.h"
#include "plugin/plugin_support.h"
#include "sink-file/file_sink.h"
#include "support/temp_folder.h"

namespace midge::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

void publish(EventSink& sink, std::string_view subject, std::string_view json, uint64_t sequence) {
    const SinkEvent event{subject, json, sequence};
    sink.publish({&event, 1});
}

class FileSinkTest : public ::testing::TestWithParam<bool> {
  protected:
    void SetUp() override {
        if (!GetParam()) {
            table_ = sink_file_table();
            return;
        }
        const auto loaded = load_plugin<midge_sink>("sink-file", MIDGE_TEST_PLUGIN_DIR);
        ASSERT_TRUE(loaded) << loaded.error().text;
        table_ = loaded->table;
    }
    Result<std::unique_ptr<PluginSink>> make(const std::string& path,
                                             const std::string& more = "") {
        return PluginSink::create(*table_, {"{\"path\":\"" + path + "\"" + more + "}"}, log_);
    }
    std::unique_ptr<PluginSink> open() {
        auto made = make(path_);
        EXPECT_TRUE(made) << made.error().text;
        return made ? std::move(*made) : nullptr;
    }
    [[nodiscard]] std::vector<std::string> lines() const {
        return lines_of(folder_.read("events.json"));
    }

    CaptureLogger log_;
    const midge_sink* table_ = nullptr;
    const TempFolder folder_;
    const std::string path_ = (folder_.path() / "events.json").string();
};

TEST_P(FileSinkTest, WritesALinePerEventAndEndsWithAllOfThemInTheFile) {
    auto sink = open();
    EXPECT_EQ(sink->name(), "sink-file");
    EXPECT_FALSE(sink->version().empty());
    publish(*sink, "$SYS.ACCOUNT.A.CONNECT", "{\"type\":\"connect\"}", 1);
    publish(*sink, "a.\"b\"", "{\n\"x\":\n1}", 2);
    sink.reset();
    EXPECT_THAT(lines(),
                ElementsAre("{\"seq\":1,\"subject\":\"$SYS.ACCOUNT.A.CONNECT\",\"event\":{\"type\":"
                            "\"connect\"}}",
                            "{\"seq\":2,\"subject\":\"a.\\\"b\\\"\",\"event\":{ \"x\": 1}}"));
    for (const auto& line : lines()) EXPECT_TRUE(parse_json_object(line)) << line;
    EXPECT_EQ(log_.all(), "");
}

TEST_P(FileSinkTest, AFlushMeansThatWhatWasPublishedIsInTheFile) {
    const auto sink = open();
    for (uint64_t round = 1; round <= 20; ++round) {
        publish(*sink, "s", "{}", round);
        sink->flush();
        ASSERT_EQ(lines().size(), round);
    }
}

TEST_P(FileSinkTest, AppendsToTheFileOfAnEarlierRun) {
    publish(*open(), "s", "{}", 1);
    publish(*open(), "s", "{}", 1);
    EXPECT_EQ(lines().size(), 2U);
}

TEST_P(FileSinkTest, GoesOnAtItsPathWhenTheFileIsMovedAway) {
    const auto sink = open();
    publish(*sink, "s", "{}", 1);
    sink->flush();
    std::filesystem::rename(path_, path_ + ".1");
    publish(*sink, "s", "{}", 2);
    sink->flush();
    EXPECT_EQ(lines_of(folder_.read("events.json.1")).size(), 1U);
    EXPECT_EQ(lines().size(), 1U);
    EXPECT_THAT(lines().front(), HasSubstr("\"seq\":2"));
}

TEST_P(FileSinkTest, EveryEventIsEitherWrittenOrCountedInAGap) {
    constexpr uint64_t events = 20'000;
    {
        auto made = make(path_, ",\"queue_events_max\":3");
        ASSERT_TRUE(made) << made.error().text;
        for (uint64_t seq = 1; seq <= events; ++seq) publish(**made, "s", "{}", seq);
    }
    uint64_t expected = 1;
    uint64_t dropped = 0;
    for (const auto& line : lines()) {
        const auto json = parse_json_object(line);
        ASSERT_TRUE(json) << line;
        const auto gap = json_object(*json, "gap").value();
        if (gap.isNull()) {
            EXPECT_EQ(json_int(*json, "seq").value(), static_cast<int64_t>(expected)) << line;
            ++expected;
            continue;
        }
        EXPECT_EQ(json_int(gap, "first").value(), static_cast<int64_t>(expected)) << line;
        const auto count = static_cast<uint64_t>(json_int(gap, "count").value());
        expected = static_cast<uint64_t>(json_int(gap, "last").value()) + 1;
        EXPECT_EQ(expected - static_cast<uint64_t>(json_int(gap, "first").value()), count) << line;
        dropped += count;
    }
    EXPECT_EQ(expected, events + 1);
    EXPECT_EQ(dropped != 0, log_.count("events were not taken and are lost") != 0) << log_.all();
}

TEST_P(FileSinkTest, SaysOnceThatTheDiskIsFullAndGoesOn) {
    const auto made = make("/dev/full");
    ASSERT_TRUE(made) << made.error().text;
    for (uint64_t seq = 1; seq <= 3; ++seq) {
        publish(**made, "s", "{}", seq);
        (*made)->flush();
    }
    EXPECT_EQ(log_.count("write /dev/full: No space left on device"), 1U) << log_.all();
    EXPECT_EQ(log_.count("not everything was written"), 3U);
    ComponentReport report;
    ASSERT_TRUE((*made)->report(report));
    EXPECT_EQ(report.health, Health::down);
    EXPECT_THAT(report.metrics, Contains(Pair("events_lost", 3)));
    EXPECT_THAT(report.metrics, Contains(Pair("write_failures", 3)));
}

TEST_P(FileSinkTest, OpensItsFileAgainWhenToldToDoSo) {
    const auto sink = open();
    publish(*sink, "s", "{}", 1);
    sink->flush();
    std::filesystem::rename(path_, path_ + ".1");
    sink->reopen();
    sink->flush();
    EXPECT_TRUE(std::filesystem::exists(path_)) << "before the next event";
    publish(*sink, "s", "{}", 2);
    sink->flush();
    EXPECT_EQ(lines_of(folder_.read("events.json.1")).size(), 1U);
    EXPECT_EQ(lines().size(), 1U);
}

TEST_P(FileSinkTest, TakesOnlyTheSubjectsOfItsSettings) {
    const auto made = make(path_, ",\"subjects\":[\"$SYS.ACCOUNT.*.CONNECT\",\"a.>\"]");
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_TRUE((*made)->wants("$SYS.ACCOUNT.A.CONNECT"));
    EXPECT_FALSE((*made)->wants("$SYS.ACCOUNT.A.DISCONNECT"));
    EXPECT_TRUE((*made)->wants("a.b.c"));
    EXPECT_FALSE((*made)->wants("a"));
    EXPECT_TRUE(open()->wants("anything"));
    EXPECT_THAT(make(path_, ",\"subjects\":[\"a..b\"]").error().text, HasSubstr("a..b"));
}

TEST_P(FileSinkTest, AcknowledgesWhatIsInTheFileAndSaysHowItIs) {
    AcknowledgedSequences acknowledged;
    auto made = PluginSink::create(
        *table_, {"{\"path\":\"" + path_ + "\"}", "log", "NSERVER", 5, &acknowledged}, log_);
    ASSERT_TRUE(made) << made.error().text;
    publish(**made, "s", "{}", 41);
    publish(**made, "s", "{}", 43);
    (*made)->flush();
    EXPECT_EQ(acknowledged.last("log"), 43U);
    ComponentReport report;
    ASSERT_TRUE((*made)->report(report));
    EXPECT_EQ(report.instance, "log");
    EXPECT_EQ(report.health, Health::ok);
    EXPECT_THAT(report.metrics, Contains(Pair("events_written", 2)));
    EXPECT_THAT(report.metrics, Contains(Pair("host_acknowledged", 43)));
}

TEST_P(FileSinkTest, BeginsANewFileWhenItsFileIsFullAndKeepsSoManyFiles) {
    const auto made = make(path_, ",\"file_size_max\":100,\"files_max\":3");
    ASSERT_TRUE(made) << made.error().text;
    for (uint64_t seq = 1; seq <= 20; ++seq) {
        publish(**made, "s", "{}", seq);  // 35 or 36 bytes
        (*made)->flush();
    }
    const auto files = rotated_files(path_);
    ASSERT_TRUE(files) << files.error().text;
    ASSERT_EQ(files->size(), 2U);
    for (const auto& file : *files)
        EXPECT_EQ(lines_of(folder_.read(file.filename().string())).size(), 2U) << file;
    EXPECT_THAT(lines().back(), HasSubstr("\"seq\":20,"));
    ComponentReport report;
    ASSERT_TRUE((*made)->report(report));
    EXPECT_THAT(report.metrics, Contains(Pair("rotations", 9)));
    EXPECT_THAT(report.metrics, Contains(Pair("events_written", 20)));
    EXPECT_EQ(log_.all(), "");
}

TEST_P(FileSinkTest, RemovesTheFilesThatAreTooManyWhenItStartsAndWhenItIsToldToOpenItsFileAgain) {
    const auto add_old_files = [&](int count) {
        for (int i = 0; i < count; ++i)
            std::ofstream(rotated_name(path_, 1'000'000'000 + i, RotationZone::utc)) << "{}\n";
    };
    add_old_files(5);
    const auto made = make(path_, ",\"files_max\":3");
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_EQ(rotated_files(path_).value().size(), 2U);
    add_old_files(3);
    (*made)->reopen();
    (*made)->flush();
    EXPECT_EQ(rotated_files(path_).value().size(), 2U);
}

TEST_P(FileSinkTest, SaysOnceThatItCannotRemoveAFileAndGoesOn) {
    const auto in_the_way = rotated_name(path_, 0, RotationZone::utc);
    std::filesystem::create_directory(in_the_way);
    std::ofstream(in_the_way / "x") << "x";
    const auto made = make(path_, ",\"file_size_max\":1,\"files_max\":1");
    ASSERT_TRUE(made) << made.error().text;
    for (uint64_t seq = 1; seq <= 3; ++seq) publish(**made, "s", "{}", seq);
    (*made)->flush();
    EXPECT_EQ(log_.count("more files are kept than files_max allows"), 1U) << log_.all();
    ComponentReport report;
    ASSERT_TRUE((*made)->report(report));
    EXPECT_EQ(report.health, Health::degraded);
    EXPECT_THAT(report.metrics, Contains(Pair("events_written", 3)));
}

TEST_P(FileSinkTest, GetsTheJwtsOfUsersOnlyIfItIsSetUpSo) {
    EXPECT_FALSE(open()->wants_jwts());
    SinkSetup setup{"{\"path\":\"" + path_ + "\"}"};
    setup.include_jwts = true;
    const auto made = PluginSink::create(*table_, setup, log_);
    ASSERT_TRUE(made) << made.error().text;
    EXPECT_TRUE((*made)->wants_jwts());
}

TEST_P(FileSinkTest, RefusesAPathThatCannotBeWritten) {
    const std::string path = (folder_.path() / "no" / "such" / "folder").string();
    const auto made = make(path);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().text, HasSubstr("sink-file: open " + path + ": No such file"));
    EXPECT_THAT(make(folder_.path().string()).error().text, HasSubstr("Is a directory"));
}

TEST_P(FileSinkTest, NamesWhatIsWrongWithItsSettings) {
    EXPECT_THAT(make("").error().text, HasSubstr("\"path\" is missing"));
    EXPECT_THAT(make(path_, ",\"queue_events_max\":0").error().text, HasSubstr("queue_events_max"));
    EXPECT_THAT(make(path_, ",\"file_size_max\":-1").error().text, HasSubstr("file_size_max"));
    EXPECT_THAT(make(path_, ",\"files_max\":-1").error().text, HasSubstr("files_max"));
    EXPECT_THAT(make(path_, ",\"colour\":1").error().text, HasSubstr("colour"));
}

INSTANTIATE_TEST_SUITE_P(Plugins, FileSinkTest, ::testing::Values(true, false),
                         [](const auto& tested) { return tested.param ? "loaded" : "linked"; });

}  // namespace
}  // namespace midge::test
