#pragma once
// All subscriptions of an account by subject: a trie of tokens with many readers and one writer at
// a time.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "subject/interest_feed.h"
#include "subject/queue_groups.h"

namespace midge {

// Owned by an account; every function is usable from any thread. The generation number increases
// with each change, after the change is visible. Thus a cached result of the current generation is
// still correct.
class SubjectIndex {
  public:
    SubjectIndex();
    ~SubjectIndex();

    // Requires: the subject is valid (is_valid_subject).
    void insert(const Ref<IndexEntry>& entry);
    // Returns whether the entry was there. Requires: the caller holds a reference.
    bool remove(const IndexEntry& entry);
    // Replaces an entry with `by` in one step: every match finds exactly one of them. Requires:
    // `by` has the same subject, queue, target and counts_as_interest(). Returns whether the entry
    // was there.
    bool replace(const IndexEntry& entry, const Ref<IndexEntry>& by);
    // Adds `feed`, which first gets all current interests, and then every change.
    void observe(const Ref<InterestFeed>& feed);
    void forget(const InterestFeed& feed);
    // Returns all subscriptions that a message to `subject` reaches. Wildcard tokens in `subject`
    // are taken literally; a malformed subject reaches none. If many subscriptions have the same
    // single pattern, every call returns the same object until one of them is added or removed.
    [[nodiscard]] Ref<const MatchResult> match(std::string_view subject) const;
    // The number of entries and groups that all calls together have read or copied.
    [[nodiscard]] uint64_t steps() const noexcept { return steps_.load(std::memory_order_relaxed); }

    // Since the index was made.
    [[nodiscard]] uint64_t inserts() const noexcept {
        return inserts_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] uint64_t removes() const noexcept { return inserts() - size(); }
    // The number of calls of match().
    [[nodiscard]] uint64_t matches() const noexcept {
        return matches_.load(std::memory_order_relaxed);
    }
    // Calls `visit` for every entry until it returns false, in no particular order. Changes of the
    // index wait meanwhile, matches do not.
    void visit(const std::function<bool(const IndexEntry&)>& visit) const;

    [[nodiscard]] uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }
    [[nodiscard]] size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  private:
    struct Node;
    // Feeds whose wake() must be called after the lock is released.
    using Woken = std::vector<Ref<InterestFeed>>;
    // The list that contains an entry, and its counter of interested entries.
    struct Place {
        std::vector<Ref<IndexEntry>>* entries = nullptr;  // null: the entry is not there
        size_t* interested = nullptr;
    };
    // Finds the list of `node` that contains this entry, for a change.
    [[nodiscard]] static Place place_of(Node& node, const IndexEntry& entry, uint64_t& steps);
    // Returns whether the entry was there.
    [[nodiscard]] bool erase(Node& node, const IndexEntry& entry, Woken& woken);
    using Nodes = std::vector<const Node*>;
    [[nodiscard]] static bool visit_node(const Node& node,
                                         const std::function<bool(const IndexEntry&)>& visit);
    static void collect(const Node& node, std::string_view rest, Nodes& out);
    [[nodiscard]] Ref<const MatchResult> match_of(const Node& node) const;
    [[nodiscard]] Ref<const MatchResult> join(const Nodes& nodes) const;
    void tell(const IndexEntry& entry, bool wanted, Woken& woken) const;
    static void wake(const Woken& woken);
    // Returns whether the feed's wake() must be called.
    [[nodiscard]] static bool tell_all(const Node& node, InterestFeed& feed);
    void count_steps(uint64_t steps) const noexcept {
        steps_.fetch_add(steps, std::memory_order_relaxed);
    }

    mutable std::shared_mutex mutex_;
    mutable std::mutex kept_mutex_;  // guards the nodes' `kept` while mutex_ is shared
    mutable std::atomic<uint64_t> steps_{0};
    mutable std::atomic<uint64_t> matches_{0};
    std::atomic<uint64_t> inserts_{0};
    std::unique_ptr<Node> root_;
    std::vector<Ref<InterestFeed>> feeds_;  // feeds of links
    // Read for each message, therefore on another cache line than members that a search writes.
    alignas(64) std::atomic<uint64_t> generation_{1};
    std::atomic<size_t> size_{0};
};

}  // namespace midge
