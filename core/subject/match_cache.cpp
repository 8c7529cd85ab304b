#include "subject/match_cache.h"

namespace midge {

const MatchResult& MatchCache::find_slowly(const SubjectIndex& index, std::string_view subject,
                                           uint64_t generation) {
    auto found = entries_.find(subject);
    if (found == entries_.end()) {
        // A full cache starts again: simpler than an order of use, and as good for subjects that
        // repeat.
        if (entries_.size() >= entries_max) entries_.clear();
        found = entries_.emplace(std::string(subject), Entry{}).first;
    }
    Entry& entry = found->second;
    if (entry.generation != generation) {
        entry.result = index.match(subject);
        entry.generation = generation;
    }
    last_subject_ = found->first;
    last_generation_ = generation;
    last_ = entry.result.get();
    return *last_;
}

void MatchCache::sweep(const SubjectIndex& index) {
    const uint64_t generation = index.generation();
    std::erase_if(entries_, [&](const auto& item) { return item.second.generation != generation; });
    last_ = nullptr;
}

}  // namespace midge
