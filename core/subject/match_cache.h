#pragma once
// Match results of one lane, for all accounts.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "subject/subject_index.h"

namespace midge {

class MatchCache;

// The last match of one account on one lane: publishers repeat themselves. Lives on that lane.
class RecentMatch {
  public:
    // A result is used while the index's generation is the one it was matched at. Valid until the
    // next call with the same cache. Requires: always the same index and cache.
    [[nodiscard]] const MatchResult& find(MatchCache& cache, const SubjectIndex& index,
                                          std::string_view subject);

  private:
    friend class MatchCache;
    static constexpr uint64_t no_generation = UINT64_MAX;  // no index lives that long
    std::string_view subject_;                             // the cache's
    uint64_t generation_ = no_generation;  // of the result; none: there is no result
    const MatchResult* result_ = nullptr;
};

// Lives on one lane, no lock. Keeps results of subjects that are asked for a second time, in a
// bounded memory: those not used for longest, roughly, make room. No RecentMatch may be used when
// its cache is gone.
class MatchCache {
  public:
    // A sweep looks at no more at once.
    static constexpr size_t sweep_max = 4096;

    explicit MatchCache(size_t bytes_max);
    MatchCache(const MatchCache&) = delete;
    MatchCache& operator=(const MatchCache&) = delete;

    // Looks at some results, and drops those of past generations, which may keep ended
    // subscriptions alive, and those that were not used since it looked at them before. Whether it
    // has seen all since the last call that gave true.
    bool sweep();
    [[nodiscard]] size_t size() const noexcept { return entries_.size(); }
    // Memory of what is kept, about; at most `bytes_max`.
    [[nodiscard]] size_t bytes() const noexcept { return bytes_; }

  private:
    friend class RecentMatch;
    struct Asked {
        const SubjectIndex* index;
        std::string_view subject;
        size_t hash;
    };
    struct Key {
        const SubjectIndex* index;
        std::string subject;
        size_t hash;
    };
    struct KeyHash {
        using is_transparent = void;
        size_t operator()(const Key& key) const noexcept { return key.hash; }
        size_t operator()(const Asked& asked) const noexcept { return asked.hash; }
    };
    struct KeyEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const noexcept {
            return a.index == b.index && a.subject == b.subject;
        }
    };
    struct Entry;
    using Entries = std::unordered_map<Key, Entry, KeyHash, KeyEqual>;
    using Item = Entries::value_type;
    // In a circle, by which the hand goes.
    struct Entry {
        RecentMatch* recent = nullptr;
        uint64_t generation = 0;
        Ref<const MatchResult> result;
        Item* next = nullptr;
        Item* previous = nullptr;
        size_t bytes = 0;
        bool used = true;  // since the hand was here
    };
    // A result that is not kept: for the next call.
    struct Once {
        RecentMatch* recent = nullptr;
        std::string subject;
        Ref<const MatchResult> result;
    };

    [[nodiscard]] const MatchResult& find(RecentMatch& recent, const SubjectIndex& index,
                                          std::string_view subject, uint64_t generation);
    const MatchResult& use(RecentMatch& recent, Item& item);
    const MatchResult& use_once(RecentMatch& recent, std::string_view subject, uint64_t generation,
                                Ref<const MatchResult> result);
    [[nodiscard]] bool seen_before(size_t hash) noexcept;
    void make_room(size_t bytes);
    Item& add(const Asked& asked, RecentMatch& recent);
    void drop(Entries::iterator entry);
    void drop_at_hand();
    // Where it is still what `recent` found last.
    static void forget(RecentMatch* recent, const Ref<const MatchResult>& result) noexcept;

    const size_t bytes_max_;
    Entries entries_;
    Item* hand_ = nullptr;  // null: empty
    size_t bytes_ = 0;
    size_t to_sweep_ = 0;  // of those that were there when the last sweep began
    Once once_;
    // Of subjects that were asked for, by their hash; some are lost, and few taken for another.
    std::unique_ptr<uint16_t[]> seen_;
};

inline const MatchResult& RecentMatch::find(MatchCache& cache, const SubjectIndex& index,
                                            std::string_view subject) {
    const uint64_t generation = index.generation();
    if (generation_ == generation && subject_ == subject) return *result_;
    return cache.find(*this, index, subject, generation);
}

}  // namespace midge
