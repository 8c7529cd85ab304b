#pragma once
// The match results of one lane for all accounts.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "subject/subject_index.h"

namespace midge {

class MatchCache;

// The last match of one account on one lane, because publishers often repeat a subject. Used by
// that lane only.
class RecentMatch {
  public:
    // Returns the result for `subject`. A result is reused as long as the index has the generation
    // of the match. Valid until the next call with the same cache. Requires: always the same index
    // and cache.
    [[nodiscard]] const MatchResult& find(MatchCache& cache, const SubjectIndex& index,
                                          std::string_view subject);

  private:
    friend class MatchCache;
    static constexpr uint64_t no_generation = UINT64_MAX;  // no index reaches this number
    std::string_view subject_;                             // memory of the cache
    // Generation of the result; no_generation: there is no result.
    uint64_t generation_ = no_generation;
    const MatchResult* result_ = nullptr;
};

// Used by one lane, without a lock. Keeps the results of subjects that are looked up for a second
// time, in limited memory: approximately the results that were unused for the longest time are
// removed first. Requires: a RecentMatch is not used after its cache is destroyed.
class MatchCache {
  public:
    // The most results that one sweep checks.
    static constexpr size_t sweep_max = 4096;

    explicit MatchCache(size_t bytes_max);
    MatchCache(const MatchCache&) = delete;
    MatchCache& operator=(const MatchCache&) = delete;

    // Checks some results. Removes those of past generations, which may keep ended subscriptions
    // alive, and those that were not used since the previous check. Returns whether all results
    // were checked since the last call that returned true.
    bool sweep();
    [[nodiscard]] size_t size() const noexcept { return entries_.size(); }
    // Calls `visit` for at most `max` of the kept results.
    template <class Visit>
    void visit(size_t max, Visit visit) const {
        for (const auto& [key, entry] : entries_) {
            if (max-- == 0) return;
            visit(*key.index, *entry.result);
        }
    }
    // Approximate memory of the kept results, at most `bytes_max`.
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
    // Entries form a ring, around which the hand moves.
    struct Entry {
        RecentMatch* recent = nullptr;
        uint64_t generation = 0;
        Ref<const MatchResult> result;
        Item* next = nullptr;
        Item* previous = nullptr;
        size_t bytes = 0;
        bool used = true;  // since the hand was here
    };
    // A result that is not kept, but is valid until the next call.
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
    // Resets `recent` if it still points to this result.
    static void forget(RecentMatch* recent, const Ref<const MatchResult>& result) noexcept;

    const size_t bytes_max_;
    Entries entries_;
    Item* hand_ = nullptr;  // null: empty
    size_t bytes_ = 0;
    size_t to_sweep_ = 0;  // number of results left to check in the current sweep
    Once once_;
    // Marks of subjects that were looked up, by hash. A mark may be overwritten, and rarely two
    // subjects have the same mark.
    std::unique_ptr<uint16_t[]> seen_;
};

inline const MatchResult& RecentMatch::find(MatchCache& cache, const SubjectIndex& index,
                                            std::string_view subject) {
    const uint64_t generation = index.generation();
    if (generation_ == generation && subject_ == subject) return *result_;
    return cache.find(*this, index, subject, generation);
}

}  // namespace midge
