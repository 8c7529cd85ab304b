#include "monitor/process_stats.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace midge {
namespace {

using namespace std::chrono_literals;

// Returns the values that the test has set.
struct FakeSystem {
    Result<ProcessUsage> now = ProcessUsage{};
    ProcessSampler::Reader reader() {
        return [this] { return now; };
    }
};

TEST(ProcessSampler, measures_the_load_since_the_previous_sample) {
    FakeSystem system{ProcessUsage{1000, 5s, 100s}};
    ProcessSampler sampler(system.reader());
    system.now = ProcessUsage{2000, 6s, 102s};
    EXPECT_EQ(sampler.sample().cpu_percent, 50);
    EXPECT_EQ(sampler.sample().resident_bytes, 2000);
    system.now = ProcessUsage{2000, 9s, 104s};
    EXPECT_EQ(sampler.sample().cpu_percent, 150) << "more than one core";
    system.now = ProcessUsage{2000, 9'001ms, 107s};
    EXPECT_EQ(sampler.sample().cpu_percent, 0) << "rounded to tenths";
}

TEST(ProcessSampler, keeps_a_load_for_a_second) {
    FakeSystem system{ProcessUsage{1000, 0s, 100s}};
    ProcessSampler sampler(system.reader());
    EXPECT_EQ(sampler.sample().cpu_percent, 0);
    system.now = ProcessUsage{1000, 1s, 101s};
    EXPECT_EQ(sampler.sample().cpu_percent, 100);
    system.now = ProcessUsage{3000, 1s, 101s + 999ms};
    EXPECT_EQ(sampler.sample().cpu_percent, 100);
    EXPECT_EQ(sampler.sample().resident_bytes, 3000) << "memory is always of now";
}

TEST(ProcessSampler, keeps_the_last_values_when_the_system_does_not_tell) {
    FakeSystem system{ProcessUsage{1000, 0s, 100s}};
    ProcessSampler sampler(system.reader());
    system.now = fail(Errc::unavailable, "no /proc");
    EXPECT_EQ(sampler.sample().resident_bytes, 1000);
}

TEST(ProcessSampler, sees_this_process) {
    const auto before = read_process_usage();
    ASSERT_TRUE(before.has_value());
    EXPECT_GT(before->resident_bytes, 100'000);
    constexpr size_t bytes = 32 << 20;
    std::vector<char> memory(bytes, 1);
    auto after = read_process_usage();
    ASSERT_TRUE(after.has_value());
    EXPECT_GE(after->resident_bytes - before->resident_bytes, static_cast<int64_t>(bytes / 2));
    EXPECT_EQ(memory[bytes - 1], 1);
    // The system may count in ticks, so this works until one is counted.
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (after->cpu_time == before->cpu_time && std::chrono::steady_clock::now() < deadline) {
        after = read_process_usage();
        ASSERT_TRUE(after.has_value());
    }
    EXPECT_GT(after->cpu_time, before->cpu_time);
    EXPECT_GT(ProcessSampler().sample().cores, 0);
}

}  // namespace
}  // namespace midge
