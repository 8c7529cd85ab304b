#include "subject/queue_groups.h"

#include <algorithm>

namespace midge {

QueueGroup& own_group(Ref<QueueGroup>& group, uint64_t& steps) {
    if (!group.is_only()) {
        steps += group->members.size();
        const size_t interested = group->interested;
        group = make_ref<QueueGroup>(group->name, group->members);
        group->interested = interested;
    }
    return *group;
}

size_t QueueGroups::place_of(std::string_view name, uint64_t& steps) const {
    if (!places_.empty()) {
        ++steps;
        const auto found = places_.find(name);
        return found == places_.end() ? nowhere : found->second;
    }
    steps += groups_.size();
    const auto found = std::ranges::find(
        groups_, name, [](const auto& group) -> std::string_view { return group->name; });
    return found == groups_.end() ? nowhere : static_cast<size_t>(found - groups_.begin());
}

QueueGroup& QueueGroups::change(const std::string& name, uint64_t& steps) {
    const size_t place = place_of(name, steps);
    if (place != nowhere) return own_group(groups_[place], steps);
    add(make_ref<QueueGroup>(name));
    return *groups_.back();
}

void QueueGroups::add(Ref<QueueGroup> group) {
    groups_.push_back(std::move(group));
    if (places_.empty() && groups_.size() <= unmapped_max) return;
    for (size_t place = places_.size(); place < groups_.size(); ++place)
        places_.emplace(groups_[place]->name, place);
}

// The last group takes the free position.
void QueueGroups::erase(size_t place) {
    if (!places_.empty()) {
        places_.erase(groups_[place]->name);
        if (place + 1 < groups_.size()) places_[groups_.back()->name] = place;
    }
    std::swap(groups_[place], groups_.back());
    groups_.pop_back();
}

}  // namespace midge
