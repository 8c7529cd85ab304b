#pragma once
// All subscriptions of an account, by subject: a trie of tokens, many readers and one writer.
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "subject/interest_feed.h"
#include "subject/queue_groups.h"

namespace midge {

// Owned by an account; every call is safe from any thread. The generation number rises with each
// change, after it is visible: a cached result that was matched at the current generation is still
// right.
class SubjectIndex {
  public:
    SubjectIndex();
    ~SubjectIndex();

    // Requires a valid subject (is_valid_subject).
    void insert(const Ref<IndexEntry>& entry);
    // Whether it was there. The caller still holds it.
    bool remove(const IndexEntry& entry);
    // Puts `by`, with the same subject, queue and target, which counts as interest if the entry
    // does, in the place of an entry: every match finds one of them and none both. Whether the
    // entry was there.
    bool replace(const IndexEntry& entry, const Ref<IndexEntry>& by);
    // From now on `feed` gets what begins and ends to be wanted, and first all that is wanted now.
    void observe(const Ref<InterestFeed>& feed);
    void forget(const InterestFeed& feed);
    // Everything that `subject` reaches. Wildcard tokens in `subject` are taken literally, a
    // malformed one reaches nothing. Where many subscriptions are all for one pattern, every call
    // gives the same object until one of them comes or goes.
    [[nodiscard]] Ref<const MatchResult> match(std::string_view subject) const;
    // Entries and groups that all calls have looked at or copied.
    [[nodiscard]] uint64_t steps() const noexcept { return steps_.load(std::memory_order_relaxed); }

    [[nodiscard]] uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }
    [[nodiscard]] size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  private:
    struct Node;
    // Feeds that are due to be woken, when the lock is free again.
    using Woken = std::vector<Ref<InterestFeed>>;
    // Where an entry is: among entries, whose interest is counted.
    struct Place {
        std::vector<Ref<IndexEntry>>* entries = nullptr;  // null: it is not there
        size_t* interested = nullptr;
    };
    // Of the node that has this entry, to be changed.
    [[nodiscard]] static Place place_of(Node& node, const IndexEntry& entry, uint64_t& steps);
    // Whether it was there.
    [[nodiscard]] bool erase(Node& node, const IndexEntry& entry, Woken& woken);
    using Nodes = std::vector<const Node*>;
    static void collect(const Node& node, std::string_view rest, Nodes& out);
    [[nodiscard]] Ref<const MatchResult> match_of(const Node& node) const;
    [[nodiscard]] Ref<const MatchResult> join(const Nodes& nodes) const;
    void tell(const IndexEntry& entry, bool wanted, Woken& woken) const;
    static void wake(const Woken& woken);
    // Whether the feed is due to be woken.
    [[nodiscard]] static bool tell_all(const Node& node, InterestFeed& feed);
    void count_steps(uint64_t steps) const noexcept {
        steps_.fetch_add(steps, std::memory_order_relaxed);
    }

    mutable std::shared_mutex mutex_;
    mutable std::mutex kept_mutex_;  // guards the nodes' `kept` while mutex_ is shared
    mutable std::atomic<uint64_t> steps_{0};
    std::unique_ptr<Node> root_;
    std::vector<Ref<InterestFeed>> feeds_;  // of links
    // Read for each message, so apart from what a search writes.
    alignas(64) std::atomic<uint64_t> generation_{1};
    std::atomic<size_t> size_{0};
};

}  // namespace midge
