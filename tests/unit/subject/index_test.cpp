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
    std::set<std::string> names;
    for (const auto& group : result.queues) {
        EXPECT_TRUE(names.insert(group->name).second) << group->name << " is there twice";
        for (const auto& e : group->members) out.insert(e->subject() + " " + group->name);
    }
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
                                [](const auto& g) { return g->name == "q"; });
    EXPECT_EQ((*q)->members.size(), 2U);
}

TEST(SubjectIndex, a_subscription_costs_the_same_beside_many_queue_groups) {
    SubjectIndex index;
    constexpr uint64_t groups = 16'000;
    constexpr uint64_t few = 40;
    std::vector<Ref<IndexEntry>> all;
    for (uint64_t i = 0; i < groups; ++i) {
        const uint64_t before = index.steps();
        all.push_back(entry("q", "g" + std::to_string(i)));
        index.insert(all.back());
        ASSERT_LE(index.steps() - before, few);
    }
    auto match = index.match("q");
    EXPECT_EQ(match->queues.size(), groups);
    for (int i = 0; i < 10; ++i) {
        const uint64_t before = index.steps();
        index.insert(entry("other." + std::to_string(i)));
        const auto same = index.match("q");
        EXPECT_EQ(same.get(), match.get());
        EXPECT_LE(index.steps() - before, few);
    }
    // Other entries that match, too, with a group of the same name.
    index.insert(entry("*", "g7"));
    const uint64_t before = index.steps();
    const auto both = index.match("q");
    EXPECT_LE(index.steps() - before, groups + few);
    EXPECT_EQ(both->queues.size(), groups);
    const auto g7 = std::ranges::find(both->queues, "g7", [](const auto& g) { return g->name; });
    EXPECT_EQ((*g7)->members.size(), 2U);
    EXPECT_EQ((*std::ranges::find(match->queues, "g7", [](const auto& g) { return g->name; }))
                  ->members.size(),
              1U);
    for (const auto& each : all) {
        const uint64_t steps = index.steps();
        ASSERT_TRUE(index.remove(*each));
        ASSERT_LE(index.steps() - steps, few);
        ASSERT_FALSE(index.remove(*each));
    }
    EXPECT_EQ(index.match("q")->queues.size(), 1U);
}

TEST(SubjectIndex, a_subscription_ends_at_the_same_cost_among_many) {
    constexpr uint64_t count = 40'000;
    for (const char* queue : {"", "one"}) {
        SubjectIndex index;
        std::vector<Ref<IndexEntry>> all;
        for (uint64_t i = 0; i < count; ++i) {
            all.push_back(entry("hot", queue));
            index.insert(all.back());
        }
        (void)index.match("hot");
        std::shuffle(all.begin(), all.end(), std::mt19937(3));
        const uint64_t before = index.steps();
        for (const auto& each : all) ASSERT_TRUE(index.remove(*each));
        EXPECT_LE(index.steps() - before, 10 * count);
        EXPECT_TRUE(index.match("hot")->empty());
    }
}

TEST(SubjectIndex, a_match_stays_as_it_was_when_its_groups_change) {
    SubjectIndex index;
    const auto first = entry("a", "q"), second = entry("a", "q");
    index.insert(first);
    const auto before = index.match("a");
    index.insert(second);
    EXPECT_EQ(before->queues.front()->members.size(), 1U);
    const auto both = index.match("a");
    EXPECT_TRUE(index.remove(*first));
    EXPECT_EQ(both->queues.front()->members.size(), 2U);
    EXPECT_EQ(index.match("a")->queues.front()->members.front().get(), second.get());
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

// The naive matcher of subject.h gives the right results.
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
    MatchCache cache(1024 * 1024);
    RecentMatch recent;
    std::vector<Ref<IndexEntry>> all;
    for (int round = 0; round < 2000; ++round) {
        if (all.empty() || random() % 3 != 0) {
            const size_t queue = random() % 60;
            all.push_back(entry(make(true), queue < 30 ? "q" + std::to_string(queue) : ""));
            index.insert(all.back());
        } else if (random() % 3 == 0) {
            Ref<IndexEntry>& changed = all[random() % all.size()];
            const auto renewed = entry(changed->subject(), changed->queue());
            ASSERT_TRUE(index.replace(*changed, renewed));
            ASSERT_FALSE(index.replace(*changed, renewed));
            changed = renewed;
        } else {
            const size_t at = random() % all.size();
            ASSERT_TRUE(index.remove(*all[at]));
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
        }
        const std::string subject = make(false);
        std::multiset<std::string> expected;
        for (const auto& e : all) {
            if (subject_matches(e->subject(), subject))
                expected.insert(e->queue().empty() ? e->subject()
                                                   : e->subject() + " " + e->queue());
        }
        ASSERT_EQ(subjects(*index.match(subject)), expected) << subject;
        const MatchResult& cached = recent.find(cache, index, subject);
        ASSERT_EQ(subjects(cached), expected) << "cached " << subject;
        for (const auto& found : cached.plain)
            ASSERT_NE(std::find(all.begin(), all.end(), found), all.end()) << "it was replaced";
    }
}

TEST(SubjectIndex, is_read_while_it_is_written) {
    SubjectIndex index;
    auto in_place_of = entry("x.>");
    index.insert(in_place_of);
    std::thread writer([&] {
        for (int i = 0; i < 2000; ++i) {
            const auto renewed = entry("x.>");
            EXPECT_TRUE(index.replace(*in_place_of, renewed));
            in_place_of = renewed;
            const auto e = entry("x." + std::to_string(i % 10));
            index.insert(e);
            index.remove(*e);
        }
    });
    MatchCache cache(1024 * 1024);
    RecentMatch recent;
    for (int i = 0; i < 2000; ++i) {
        EXPECT_GE(recent.find(cache, index, "x." + std::to_string(i % 10)).plain.size(), 1U);
        EXPECT_EQ(recent.find(cache, index, "x.y").plain.size(), 1U);
    }
    writer.join();
    EXPECT_EQ(recent.find(cache, index, "x.3").plain.size(), 1U);
}

}  // namespace
}  // namespace midge
