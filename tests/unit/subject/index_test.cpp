#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include "subject/match_cache.h"
#include "subject/subject.h"
#include "subject/subject_index.h"

namespace midge {
namespace {

Ref<IndexEntry> entry(std::string subject, std::string queue = {}) {
    return make_ref<IndexEntry>(std::move(subject), std::move(queue));
}

std::multiset<std::string> subjects(const MatchResult& result) {
    std::multiset<std::string> out;
    for (const auto& e : result.plain) out.insert(e->subject());
    return out;
}

TEST(SubjectIndex, finds_literals_and_wildcards) {
    SubjectIndex index;
    for (const char* subject : {"a.b", "a.*", "a.>", ">", "*.b", "a.b.c", "b", "a.*.c"})
        index.insert(entry(subject));
    EXPECT_EQ(subjects(*index.match("a.b")),
              (std::multiset<std::string>{"a.b", "a.*", "a.>", ">", "*.b"}));
    EXPECT_EQ(subjects(*index.match("a.b.c")),
              (std::multiset<std::string>{"a.b.c", "a.*.c", "a.>", ">"}));
    EXPECT_EQ(subjects(*index.match("a")), (std::multiset<std::string>{">"}));
}

TEST(SubjectIndex,
     takes_wildcards_of_a_published_subject_literally_and_malformed_ones_reach_nobody) {
    SubjectIndex index;
    for (const char* subject : {"a.*", "a.b", ">", "a.>"}) index.insert(entry(subject));
    EXPECT_EQ(subjects(*index.match("a.*")), (std::multiset<std::string>{"a.*", ">", "a.>"}));
    for (const char* subject : {"", ".", "a.", ".a", "a..b"})
        EXPECT_TRUE(index.match(subject)->empty()) << subject;
}

TEST(SubjectIndex, joins_members_of_a_queue_over_all_matching_subjects) {
    SubjectIndex index;
    index.insert(entry("a.b", "q"));
    index.insert(entry("a.*", "q"));
    index.insert(entry("a.b", "r"));
    const auto match = index.match("a.b");
    ASSERT_EQ(match->queues.size(), 2U);
    const auto q = std::find_if(match->queues.begin(), match->queues.end(),
                                [](const auto& g) { return g.name == "q"; });
    EXPECT_EQ(q->members.size(), 2U);
}

TEST(SubjectIndex, removes_only_what_is_there_and_moves_the_generation) {
    SubjectIndex index;
    const auto one = entry("a.b.c");
    const auto same = entry("a.b.c");
    index.insert(one);
    const uint64_t before = index.generation();
    EXPECT_FALSE(index.remove(*same));
    EXPECT_EQ(index.generation(), before);
    EXPECT_TRUE(index.remove(*one));
    EXPECT_GT(index.generation(), before);
    EXPECT_FALSE(index.remove(*one));
    EXPECT_EQ(index.size(), 0U);
}

// The naive matcher of subject.h is the truth.
TEST(SubjectIndex, agrees_with_the_naive_matcher_on_random_subjects) {
    std::mt19937 random(7);
    const std::vector<std::string> tokens = {"a", "b", "c", "*", ">"};
    const auto make = [&](bool wildcards) {
        std::string out;
        const size_t count = 1 + random() % 4;
        for (size_t i = 0; i < count; ++i) {
            size_t pick = random() % (wildcards ? (i + 1 == count ? 5 : 4) : 3);
            out += (i > 0 ? "." : "") + tokens[pick];
        }
        return out;
    };
    SubjectIndex index;
    MatchCache cache;
    std::vector<Ref<IndexEntry>> all;
    for (int round = 0; round < 2000; ++round) {
        if (all.empty() || random() % 3 != 0) {
            all.push_back(entry(make(true)));
            index.insert(all.back());
        } else {
            const size_t at = random() % all.size();
            ASSERT_TRUE(index.remove(*all[at]));
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
        }
        const std::string subject = make(false);
        std::multiset<std::string> expected;
        for (const auto& e : all) {
            if (subject_matches(e->subject(), subject)) expected.insert(e->subject());
        }
        ASSERT_EQ(subjects(*index.match(subject)), expected) << subject;
        ASSERT_EQ(subjects(cache.find(index, subject)), expected) << "cached " << subject;
    }
}

TEST(MatchCache, forgets_results_of_the_past_when_swept) {
    SubjectIndex index;
    MatchCache cache;
    (void)cache.find(index, "a");
    (void)cache.find(index, "b");
    index.insert(entry("a"));
    (void)cache.find(index, "a");
    cache.sweep(index);
    EXPECT_EQ(cache.size(), 1U);
    EXPECT_EQ(cache.find(index, "a").plain.size(), 1U);
}

TEST(MatchCache, stays_within_its_bound) {
    SubjectIndex index;
    MatchCache cache;
    for (size_t i = 0; i < MatchCache::entries_max + 10; ++i)
        (void)cache.find(index, "s." + std::to_string(i));
    EXPECT_LE(cache.size(), MatchCache::entries_max);
}

TEST(SubjectIndex, is_read_while_it_is_written) {
    SubjectIndex index;
    index.insert(entry("x.>"));
    std::thread writer([&] {
        for (int i = 0; i < 2000; ++i) {
            const auto e = entry("x." + std::to_string(i % 10));
            index.insert(e);
            index.remove(*e);
        }
    });
    MatchCache cache;
    for (int i = 0; i < 2000; ++i)
        EXPECT_GE(cache.find(index, "x." + std::to_string(i % 10)).plain.size(), 1U);
    writer.join();
    EXPECT_EQ(cache.find(index, "x.3").plain.size(), 1U);
}

}  // namespace
}  // namespace midge
