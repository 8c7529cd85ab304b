#pragma once
// The queue groups of one place in a subject index.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "subject/match.h"

namespace midge {

// Hash that lets maps with std::string keys be searched by view.
struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

// In no order. No call takes longer because there are many. `steps` are raised by the groups and
// members that a call looks at or copies.
class QueueGroups {
  public:
    static constexpr size_t nowhere = SIZE_MAX;

    [[nodiscard]] const std::vector<Ref<QueueGroup>>& all() const noexcept { return groups_; }
    // Where all() has the group, or nowhere.
    [[nodiscard]] size_t place_of(std::string_view name, uint64_t& steps) const;
    // The group of this name, to be changed: a new one if there is none, a copy if a match holds
    // it.
    [[nodiscard]] QueueGroup& change(const std::string& name, uint64_t& steps);
    // Requires: no group of this name.
    void add(Ref<QueueGroup> group);
    void erase(size_t place);

  private:
    // Fewer are looked through, without a map.
    static constexpr size_t unmapped_max = 16;

    std::vector<Ref<QueueGroup>> groups_;
    // By name; empty until there are many.
    std::unordered_map<std::string, size_t, TextHash, std::equal_to<>> places_;
};

// `group`, or a copy if others hold it too.
[[nodiscard]] QueueGroup& own_group(Ref<QueueGroup>& group, uint64_t& steps);

}  // namespace midge
