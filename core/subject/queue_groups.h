#pragma once
// The queue groups of one node of a subject index.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "subject/match.h"

namespace midge {

// A hash that allows lookups by view in maps with std::string keys.
struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

// Groups have no order. The duration of a call does not depend on the number of groups. Calls add
// the number of groups and members that they read or copy to `steps`.
class QueueGroups {
  public:
    static constexpr size_t nowhere = SIZE_MAX;

    [[nodiscard]] const std::vector<Ref<QueueGroup>>& all() const noexcept { return groups_; }
    // Returns the position of the group in all(), or nowhere.
    [[nodiscard]] size_t place_of(std::string_view name, uint64_t& steps) const;
    // Returns the group with this name for a change: a new group if there is none, or a copy if a
    // match result also holds it.
    [[nodiscard]] QueueGroup& change(const std::string& name, uint64_t& steps);
    // Requires: there is no group with this name.
    void add(Ref<QueueGroup> group);
    void erase(size_t place);

  private:
    // Up to this number of groups are searched without a map.
    static constexpr size_t unmapped_max = 16;

    std::vector<Ref<QueueGroup>> groups_;
    // Positions by name; empty while there are few groups.
    std::unordered_map<std::string, size_t, TextHash, std::equal_to<>> places_;
};

// Returns the object of `group`, after replacing it with a copy if others hold it, too.
[[nodiscard]] QueueGroup& own_group(Ref<QueueGroup>& group, uint64_t& steps);

}  // namespace midge
