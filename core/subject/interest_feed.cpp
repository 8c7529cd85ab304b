#include "subject/interest_feed.h"

#include <utility>

namespace midge {

std::vector<InterestChange> InterestFeed::take() {
    std::unordered_map<std::string, bool> changes;
    {
        const std::lock_guard lock(mutex_);
        changes.swap(changes_);
    }
    std::vector<InterestChange> taken;
    taken.reserve(changes.size());
    for (const auto& [key, wanted] : changes) {
        const size_t blank = key.find(' ');
        taken.push_back({key.substr(0, blank), key.substr(blank + 1), wanted});
    }
    return taken;
}

bool InterestFeed::note(std::string_view subject, std::string_view queue, bool wanted) {
    std::string key(subject);
    key.append(" ").append(queue);  // no subject has a blank
    const std::lock_guard lock(mutex_);
    const bool is_first = changes_.empty();
    const auto [known, added] = changes_.emplace(std::move(key), wanted);
    // Begin and end of an interest alternate, so that a second change cancels the first.
    if (!added) changes_.erase(known);
    return is_first;
}

}  // namespace midge
