#pragma once
// Match results of one loop for one account.
#include <string>
#include <string_view>
#include <unordered_map>

#include "subject/subject_index.h"

namespace midge {

// Lives on one loop; no lock. A result is used while the index's generation is the one it was
// matched at.
class MatchCache {
  public:
    static constexpr size_t entries_max = 16'384;

    // The view stays valid until the next call.
    [[nodiscard]] const MatchResult& find(const SubjectIndex& index, std::string_view subject) {
        const uint64_t generation = index.generation();
        if (last_ != nullptr && last_generation_ == generation && last_subject_ == subject)
            return *last_;
        return find_slowly(index, subject, generation);
    }
    // Drops results of past generations, which may keep ended subscriptions alive.
    void sweep(const SubjectIndex& index);
    [[nodiscard]] size_t size() const noexcept { return entries_.size(); }

  private:
    struct Entry {
        uint64_t generation = 0;
        Ref<const MatchResult> result;
    };
    const MatchResult& find_slowly(const SubjectIndex& index, std::string_view subject,
                                   uint64_t generation);

    std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
    // The subject of the call before: publishers repeat themselves.
    std::string_view last_subject_;  // into entries_
    uint64_t last_generation_ = 0;
    const MatchResult* last_ = nullptr;
};

}  // namespace midge
