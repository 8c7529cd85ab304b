// The begin and end of interests, compared with a model.
#include "subject/interest_feed.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "subject/subject_index.h"

namespace midge {
namespace {

using Key = std::pair<std::string, std::string>;  // subject, queue

struct OfLink final : IndexEntry {
    using IndexEntry::IndexEntry;
    [[nodiscard]] bool counts_as_interest() const noexcept override { return false; }
    [[nodiscard]] MatchTarget* target() const noexcept override { return end.get(); }
    Ref<MatchTarget> end = make_ref<MatchTarget>();
};

// A reader's knowledge of an index.
struct Reader {
    int woken = 0;
    std::set<Key> wanted;
    Ref<InterestFeed> feed = make_ref<InterestFeed>([this] { ++woken; });

    void take() {
        for (const InterestChange& change : feed->take()) {
            const Key key{change.subject, change.queue};
            if (change.wanted) {
                EXPECT_TRUE(wanted.insert(key).second) << "wanted twice: " << key.first;
            } else {
                EXPECT_EQ(wanted.erase(key), 1U) << "not wanted before: " << key.first;
            }
        }
    }
};

TEST(InterestFeed, tells_first_what_is_wanted_already) {
    SubjectIndex index;
    index.insert(make_ref<IndexEntry>("a.*", ""));
    index.insert(make_ref<IndexEntry>("a.*", "q"));
    index.insert(make_ref<OfLink>("b", ""));
    Reader reader;
    index.observe(reader.feed);
    EXPECT_EQ(reader.woken, 1);
    reader.take();
    EXPECT_EQ(reader.wanted, (std::set<Key>{{"a.*", ""}, {"a.*", "q"}}));
}

TEST(InterestFeed, is_silent_about_what_came_and_went) {
    SubjectIndex index;
    Reader reader;
    index.observe(reader.feed);
    const auto entry = make_ref<IndexEntry>("a", "");
    index.insert(entry);
    index.remove(*entry);
    EXPECT_TRUE(reader.feed->take().empty());
    index.forget(*reader.feed);
    index.insert(entry);
    EXPECT_TRUE(reader.feed->take().empty());
}

TEST(InterestFeed, says_as_much_as_the_model_whenever_it_is_read) {
    std::mt19937 random(7);
    SubjectIndex index;
    std::map<Key, int> model;
    std::vector<Ref<IndexEntry>> entries;
    Reader early, late;
    index.observe(early.feed);
    Ref<const MatchResult> held;  // so that its groups are copied before they change
    for (int step = 0; step < 20'000; ++step) {
        if (step == 10'000) index.observe(late.feed);
        if (entries.empty() || random() % 2 == 0) {
            const Key key{"s." + std::to_string(random() % 8), random() % 2 == 0 ? "" : "q"};
            if (random() % 4 == 0) {
                entries.push_back(make_ref<OfLink>(key.first, key.second));
            } else {
                entries.push_back(make_ref<IndexEntry>(key.first, key.second));
                ++model[key];
            }
            index.insert(entries.back());
        } else {
            std::swap(entries[random() % entries.size()], entries.back());
            const IndexEntry& gone = *entries.back();
            ASSERT_TRUE(index.remove(gone));
            const Key key{gone.subject(), gone.queue()};
            if (gone.counts_as_interest() && --model[key] == 0) model.erase(key);
            entries.pop_back();
        }
        if (random() % 4 == 0) held = index.match("s." + std::to_string(random() % 8));
        if (!entries.empty() && random() % 4 == 0) {
            auto& old = entries[random() % entries.size()];
            if (old->counts_as_interest()) {
                const auto by = make_ref<IndexEntry>(old->subject(), old->queue());
                ASSERT_TRUE(index.replace(*old, by));
                old = by;
            }
        }
        if (random() % 16 != 0) continue;
        std::set<Key> wanted;
        for (const auto& [key, count] : model) wanted.insert(key);
        early.take();
        ASSERT_EQ(early.wanted, wanted) << "step " << step;
        if (step < 10'000) continue;
        late.take();
        ASSERT_EQ(late.wanted, wanted) << "step " << step;
    }
}

}  // namespace
}  // namespace midge
