#include "client/gathered_command.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace midge {
namespace {

constexpr size_t line_max = 5000;

// Adds the bytes that may belong to the command. Returns whether it can be parsed now.
bool add(GatheredCommand& command, std::string_view bytes) {
    const std::span<char> room = command.room();
    EXPECT_FALSE(room.empty());
    const size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    return command.add(count);
}

TEST(GatheredCommandTest, no_byte_is_looked_at_or_moved_again_for_each_that_follows) {
    const std::string whole = "PUB x 900000\r\n" + std::string(900'000, 'z') + "\r\n";
    GatheredCommand command(std::string_view(whole).substr(0, 5000), whole.size(), line_max);
    for (size_t at = 5000; at + 1 < whole.size(); ++at)
        ASSERT_FALSE(add(command, std::string_view(whole).substr(at, 1))) << at;
    EXPECT_TRUE(add(command, "\n"));
    EXPECT_EQ(command.bytes(), whole);
    EXPECT_LE(command.moved_bytes(), 2 * whole.size());  // memory doubles
}

TEST(GatheredCommandTest, takes_nothing_of_what_follows) {
    GatheredCommand command("PUB x 5\r\nabc", 16, line_max);
    EXPECT_EQ(command.room().size(), 4U);
    EXPECT_TRUE(add(command, "de\r\nPING\r\n"));
    EXPECT_EQ(command.bytes(), "PUB x 5\r\nabcde\r\n");
}

TEST(GatheredCommandTest, a_payload_that_ends_in_something_else_is_seen_at_its_first_byte) {
    GatheredCommand command("PUB x 5\r\nabc", 16, line_max);
    EXPECT_FALSE(add(command, "de"));
    EXPECT_TRUE(add(command, "f"));
}

TEST(GatheredCommandTest, a_line_is_looked_at_when_it_ends_or_is_too_long) {
    const std::string start(100, 'a');
    GatheredCommand line(start, 0, line_max), endless(start, 0, line_max);
    size_t size = start.size();
    for (; size < line_max; ++size) {
        ASSERT_FALSE(add(line, "b"));
        ASSERT_FALSE(add(endless, "b"));
    }
    EXPECT_TRUE(add(line, "\n"));
    EXPECT_TRUE(add(endless, "b"));
    EXPECT_EQ(endless.bytes().size(), line_max + 1);
}

// An announced size needs no memory before the bytes arrive.
TEST(GatheredCommandTest, memory_grows_with_what_has_come) {
    GatheredCommand command("PUB x 8000000\r\n", 8'000'017, line_max);
    EXPECT_LE(command.room().size(), 64U * 1024);
}

}  // namespace
}  // namespace midge
