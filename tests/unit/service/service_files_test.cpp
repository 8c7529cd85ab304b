// The files with which others find the service.
#include "service_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "process_info.h"
#include "support/temp_folder.h"

namespace midge {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PidFile, holds_the_number_and_nothing_else) {
    const test::TempFolder folder;
    const std::string path = (folder.path() / "x.pid").string();
    ASSERT_TRUE(write_pid_file(path));
    EXPECT_EQ(file_text(path), std::to_string(current_process_id()));
    EXPECT_THAT(write_pid_file((folder.path() / "no" / "x.pid").string()).error().text,
                HasSubstr("x.pid"));
}

TEST(PortsFile, lists_the_addresses_until_the_service_ends) {
    const test::TempFolder folder;
    const fs::path path =
        folder.path() / ("midged_" + std::to_string(current_process_id()) + ".ports");
    {
        const auto file = PortsFile::write(folder.path().string(), "midged",
                                           {{"nats", {"nats://127.0.0.1:1", "nats://[::1]:1"}},
                                            {"websocket", {"ws://127.0.0.1:2"}}});
        ASSERT_TRUE(file) << file.error().text;
        EXPECT_EQ(
            file_text(path),
            R"({"nats":["nats://127.0.0.1:1","nats://[::1]:1"],"websocket":["ws://127.0.0.1:2"]})");
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST(ListenerUrls, name_the_address_or_all_of_this_machine) {
    EXPECT_THAT(listener_urls("nats", "::1", 4222), ElementsAre("nats://[::1]:4222"));
    EXPECT_THAT(listener_urls("tls", "10.0.0.1", 1), ElementsAre("tls://10.0.0.1:1"));
    EXPECT_THAT(listener_urls("nats", "0.0.0.0", 4222), Contains("nats://127.0.0.1:4222"));
}

}  // namespace
}  // namespace midge
