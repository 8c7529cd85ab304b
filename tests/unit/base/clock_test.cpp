#include "base/clock.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <thread>
#include <vector>

#include "base/random.h"

namespace midge {
namespace {

constexpr int64_t second = 1'000'000'000;

TEST(Rfc3339, has_up_to_nine_decimals_without_zeros_at_the_end) {
    EXPECT_EQ(rfc3339_nano(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(rfc3339_nano(1'700'000'000 * second), "2023-11-14T22:13:20Z");
    EXPECT_EQ(rfc3339_nano(1'700'000'000 * second + 5'771'760), "2023-11-14T22:13:20.00577176Z");
    EXPECT_EQ(rfc3339_nano(1'700'000'000 * second + 1), "2023-11-14T22:13:20.000000001Z");
    EXPECT_EQ(rfc3339_nano(1'709'164'800 * second), "2024-02-29T00:00:00Z") << "leap day";
    EXPECT_EQ(rfc3339_nano(-1), "1969-12-31T23:59:59.999999999Z");
}

TEST(GoDuration, prints_as_go_does) {
    EXPECT_EQ(go_duration(0), "0s");
    EXPECT_EQ(go_duration(1), "1ns");
    EXPECT_EQ(go_duration(542'000), "542µs");
    EXPECT_EQ(go_duration(1'500), "1.5µs");
    EXPECT_EQ(go_duration(250'000'000), "250ms");
    EXPECT_EQ(go_duration(1'234'567), "1.234567ms");
    EXPECT_EQ(go_duration(second), "1s");
    EXPECT_EQ(go_duration(90 * second), "1m30s");
    EXPECT_EQ(go_duration(3600 * second), "1h0m0s");
    EXPECT_EQ(go_duration(3723 * second + second / 2), "1h2m3.5s");
    EXPECT_EQ(go_duration(-second), "-1s");
    EXPECT_EQ(go_duration(std::numeric_limits<int64_t>::min()), "-2562047h47m16.854775808s");
    EXPECT_EQ(go_duration(std::numeric_limits<int64_t>::max()), "2562047h47m16.854775807s");
}

TEST(WallClock, agrees_in_both_units) {
    const int64_t before = wall_now_seconds();
    const WallNanos nanos = wall_now();
    EXPECT_GE(nanos / second, before);
    EXPECT_LE(nanos / second, wall_now_seconds());
}

TEST(Random, bytes_have_the_length_and_differ) {
    EXPECT_EQ(random_bytes(0), "");
    EXPECT_EQ(random_bytes(32).size(), 32U);
    EXPECT_NE(random_bytes(32), random_bytes(32));
}

TEST(Rfc3339Zone, is_what_the_calendar_differs_by) {
    constexpr int64_t noon = 1'795'867'200;  // 2026-11-28T12:00:00Z
    const auto zone_at = [](int day, int hour, int minute) {
        std::tm local{};
        local.tm_year = 126;
        local.tm_mon = 10;
        local.tm_mday = day;
        local.tm_hour = hour;
        local.tm_min = minute;
        return rfc3339_zone(local, noon);
    };
    EXPECT_EQ(zone_at(28, 12, 0), "Z");
    EXPECT_EQ(zone_at(28, 13, 0), "+01:00");
    EXPECT_EQ(zone_at(28, 17, 45), "+05:45");
    EXPECT_EQ(zone_at(28, 8, 30), "-03:30");
    EXPECT_EQ(zone_at(29, 1, 0), "+13:00");
    EXPECT_EQ(zone_at(27, 23, 0), "-13:00");
}

TEST(Nuid, is_unique_over_threads) {
    constexpr int per_thread = 2000;
    std::vector<std::vector<std::string>> made(4);
    std::vector<std::thread> threads;
    for (auto& list : made) {
        threads.emplace_back([&list] {
            for (int i = 0; i < per_thread; ++i) list.push_back(nuid());
        });
    }
    for (auto& thread : threads) thread.join();
    std::set<std::string> all;
    for (const auto& list : made) {
        for (const auto& id : list) {
            ASSERT_EQ(id.size(), 22U);
            ASSERT_EQ(id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "abcdefghijklmnopqrstuvwxyz"),
                      std::string::npos);
            all.insert(id);
        }
    }
    EXPECT_EQ(all.size(), made.size() * per_thread);
}

}  // namespace
}  // namespace midge
