#pragma once
// All subscriptions of an account, by subject: a trie of tokens, many readers and one writer.
#include <atomic>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>

#include "subject/match.h"

namespace midge {

// Hash that lets maps with std::string keys be searched by view.
struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

// Owned by an account; every call is safe from any thread. The generation number rises with each
// change, after it is visible: a cached result that was matched at the current generation is still
// right.
class SubjectIndex {
  public:
    SubjectIndex();
    ~SubjectIndex();

    // Requires a valid subject (is_valid_subject).
    void insert(const Ref<IndexEntry>& entry);
    // Whether it was there.
    bool remove(const IndexEntry& entry);
    // Everything that `subject` reaches. Wildcard tokens in `subject` are taken literally, a
    // malformed one reaches nothing.
    [[nodiscard]] Ref<const MatchResult> match(std::string_view subject) const;

    [[nodiscard]] uint64_t generation() const noexcept {
        return generation_.load(std::memory_order_acquire);
    }
    [[nodiscard]] size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  private:
    struct Node;
    static void collect(const Node& node, std::string_view rest, MatchResult& out);

    mutable std::shared_mutex mutex_;
    std::unique_ptr<Node> root_;
    std::atomic<uint64_t> generation_{1};
    std::atomic<size_t> size_{0};
};

}  // namespace midge
