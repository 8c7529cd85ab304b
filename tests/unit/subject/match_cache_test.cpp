#include "subject/match_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "subject/subject.h"

namespace midge {
namespace {

constexpr size_t bytes_max = 1024 * 1024;

Ref<IndexEntry> subscribed(SubjectIndex& index, std::string subject, std::string queue = {}) {
    auto entry = make_ref<IndexEntry>(std::move(subject), std::move(queue));
    index.insert(entry);
    return entry;
}

std::string numbered(int number) {
    return "orders." + std::to_string(number) + ".created.by.customer";
}

TEST(MatchCacheTest, subjects_of_one_message_each_are_not_kept) {
    SubjectIndex index;
    MatchCache cache(bytes_max);
    RecentMatch recent;
    for (int i = 0; i < 16'000; ++i) EXPECT_TRUE(recent.find(cache, index, numbered(i)).empty());
    // The cache distinguishes subjects by 29 bits of a hash that includes the address of the index.
    // In one of five runs, it takes a subject for an earlier one.
    EXPECT_LE(cache.size(), 8U);
    EXPECT_LE(cache.bytes(), bytes_max / 100);
}

TEST(MatchCacheTest, keeps_a_subject_from_its_second_use_on) {
    SubjectIndex index;
    MatchCache cache(bytes_max);
    std::array<RecentMatch, 2> recents;  // each remembers its last result
    const auto entry = subscribed(index, "a");
    const auto ask = [&](size_t who, const std::string& subject) {
        return recents[who].find(cache, index, subject).plain.size();
    };
    EXPECT_EQ(ask(0, "a"), 1U);
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(ask(1, "a"), 1U);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(ask(0, "b"), 0U);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(ask(1, "b"), 0U);
    EXPECT_EQ(cache.size(), 2U);
    const uint64_t steps = index.steps();
    EXPECT_EQ(ask(0, "a"), 1U);
    EXPECT_EQ(ask(0, "b"), 0U);
    EXPECT_EQ(index.steps(), steps);
    EXPECT_GT(cache.bytes(), 2 * sizeof(MatchResult));
}

TEST(MatchCacheTest, all_accounts_of_a_lane_share_its_memory) {
    std::array<SubjectIndex, 40> indexes;
    std::array<RecentMatch, 40> recents;
    MatchCache cache(bytes_max);
    for (int round = 0; round < 3; ++round) {
        for (size_t account = 0; account < indexes.size(); ++account) {
            for (int i = 0; i < 1000; ++i)
                (void)recents[account].find(cache, indexes[account], numbered(i));
            EXPECT_LE(cache.bytes(), bytes_max);
        }
    }
    EXPECT_GT(cache.bytes(), bytes_max / 2);
}

TEST(MatchCacheTest, results_with_many_receivers_count_with_all_of_them) {
    SubjectIndex index;
    MatchCache cache(bytes_max);
    RecentMatch recent;
    std::vector<Ref<IndexEntry>> all;
    for (int i = 0; i < 5000; ++i) all.push_back(subscribed(index, "orders.>"));
    all.push_back(subscribed(index, ">"));
    for (int i = 0; i < 2000; ++i) {
        for (int twice = 0; twice < 2; ++twice) {
            ASSERT_EQ(recent.find(cache, index, numbered(i)).plain.size(), all.size());
            (void)recent.find(cache, index, "other");
        }
    }
    const size_t each = all.size() * sizeof(void*);
    EXPECT_LE(cache.size(), 1 + bytes_max / each);
    EXPECT_LE(cache.bytes(), bytes_max);
}

// A group that changes is copied, and the earlier result keeps the old one alone.
TEST(MatchCacheTest, results_with_large_groups_count_with_their_members) {
    SubjectIndex index;
    MatchCache cache(bytes_max);
    RecentMatch recent;
    std::vector<Ref<IndexEntry>> members;
    for (int i = 0; i < 5000; ++i) members.push_back(subscribed(index, "orders.>", "g"));
    for (int i = 0; i < 500; ++i) {
        for (int twice = 0; twice < 2; ++twice) {
            const MatchResult& found = recent.find(cache, index, numbered(i));
            ASSERT_EQ(found.queues.front()->members.size(), members.size());
            (void)recent.find(cache, index, "other");
        }
        EXPECT_TRUE(index.remove(*members.back()));
        members.back() = subscribed(index, "orders.>", "g");
    }
    EXPECT_LE(cache.size(), 1 + bytes_max / (members.size() * sizeof(void*)));
}

TEST(MatchCacheTest, a_sweep_drops_what_ended_and_what_was_not_used_since_the_last) {
    SubjectIndex index;
    MatchCache cache(bytes_max);
    RecentMatch recent, other;
    const auto ask = [&](const char* subject) { (void)recent.find(cache, index, subject); };
    for (const char* const subject : {"a", "b"}) {
        ask(subject);
        (void)other.find(cache, index, subject);
    }
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_TRUE(cache.sweep());
    EXPECT_EQ(cache.size(), 2U);
    ask("a"), ask("b"), ask("a");
    EXPECT_TRUE(cache.sweep());
    ask("c"), ask("b");
    EXPECT_TRUE(cache.sweep());
    EXPECT_EQ(cache.size(), 1U);
    const auto entry = subscribed(index, "b");
    EXPECT_TRUE(cache.sweep());
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.bytes(), 0U);
    EXPECT_EQ(recent.find(cache, index, "b").plain.size(), 1U);
}

TEST(MatchCacheTest, a_sweep_looks_at_a_part_at_once) {
    SubjectIndex index;
    MatchCache cache(64 * bytes_max);
    RecentMatch recent;
    constexpr int count = static_cast<int>(MatchCache::sweep_max) * 2;
    for (int round = 0; round < 8; ++round) {
        for (int i = 0; i < count; ++i) (void)recent.find(cache, index, numbered(i));
    }
    EXPECT_GT(cache.size(), MatchCache::sweep_max);
    EXPECT_FALSE(cache.sweep());
    EXPECT_TRUE(cache.sweep());
}

// The result of a lookup must not keep an ended subscription alive.
TEST(MatchCacheTest, lets_go_of_a_result_that_was_not_kept) {
    SubjectIndex index;
    MatchCache cache(bytes_max);
    RecentMatch recent;
    const auto entry = subscribed(index, "a");
    (void)recent.find(cache, index, "a");
    index.remove(*entry);
    EXPECT_FALSE(entry.is_only());
    (void)cache.sweep();
    EXPECT_TRUE(entry.is_only());
    EXPECT_TRUE(recent.find(cache, index, "a").empty());
}

// Random operations, compared with the naive matcher.
TEST(MatchCacheTest, gives_what_the_index_gives_while_subjects_come_and_go) {
    std::minstd_rand random(11);
    const auto below = [&](size_t end) { return random() % end; };
    std::array<SubjectIndex, 3> indexes;
    std::array<RecentMatch, 3> recents;
    std::array<std::vector<Ref<IndexEntry>>, 3> all;
    MatchCache cache(20'000);
    for (int i = 0; i < 50'000; ++i) {
        const size_t at = below(3);
        if (below(20) == 0) {
            all[at].push_back(
                subscribed(indexes[at], below(9) == 0 ? ">" : std::to_string(below(40))));
            if (all[at].size() > 10) {
                ASSERT_TRUE(indexes[at].remove(*all[at].front()));
                all[at].erase(all[at].begin());
            }
        }
        if (below(500) == 0) (void)cache.sweep();
        const std::string subject = std::to_string(below(below(2) == 0 ? 4 : 60));
        const auto expected = std::ranges::count_if(
            all[at], [&](const auto& entry) { return subject_matches(entry->subject(), subject); });
        const MatchResult& match = recents[at].find(cache, indexes[at], subject);
        ASSERT_EQ(static_cast<std::ptrdiff_t>(match.plain.size()), expected);
        ASSERT_LE(cache.bytes(), 20'000U);
    }
}

}  // namespace
}  // namespace midge
