#include "subject/match_cache.h"

#include <algorithm>
#include <utility>

namespace midge {
namespace {

constexpr size_t seen_slots = 16'384;  // a power of two
constexpr unsigned slot_shift = 34;    // bits of the hash that choose a slot
constexpr unsigned mark_shift = 48;    // bits that distinguish the subjects of a slot
constexpr size_t passed_over_max = 32;
// Memory of the map and the allocator for an entry, in addition to its subject and its result.
constexpr size_t node_bytes = 64;
// Results larger than this part of the memory are matched again each time: delivering to so many
// receivers costs more than the match.
constexpr size_t largest_part = 16;

size_t hash_of(const SubjectIndex& index, std::string_view subject) noexcept {
    constexpr size_t odd = 0x9e3779b97f4a7c15;
    return (std::hash<std::string_view>{}(subject) ^ reinterpret_cast<size_t>(&index)) * odd;
}

}  // namespace

MatchCache::MatchCache(size_t bytes_max)
    : bytes_max_(bytes_max), seen_(std::make_unique<uint16_t[]>(seen_slots)) {}

const MatchResult& MatchCache::find(RecentMatch& recent, const SubjectIndex& index,
                                    std::string_view subject, uint64_t generation) {
    const Asked asked{&index, subject, hash_of(index, subject)};
    const auto found = entries_.find(asked);
    const bool known = found != entries_.end();
    if (known && found->second.generation == generation) return use(recent, *found);
    auto result = index.match(subject);
    const size_t bytes = result->memory_bytes + sizeof(Item) + node_bytes + subject.size();
    if (known) drop(found);
    const bool again = known || seen_before(asked.hash);
    if (!again || bytes > bytes_max_ / largest_part)
        return use_once(recent, subject, generation, std::move(result));
    make_room(bytes);
    Item& item = add(asked, recent);
    item.second.generation = generation;
    item.second.result = std::move(result);
    item.second.bytes = bytes;
    bytes_ += bytes;
    return use(recent, item);
}

const MatchResult& MatchCache::use(RecentMatch& recent, Item& item) {
    auto& [key, entry] = item;
    entry.used = true;
    recent.subject_ = key.subject;
    recent.generation_ = entry.generation;
    recent.result_ = entry.result.get();
    return *entry.result;
}

const MatchResult& MatchCache::use_once(RecentMatch& recent, std::string_view subject,
                                        uint64_t generation, Ref<const MatchResult> result) {
    forget(once_.recent, once_.result);
    once_.recent = &recent;
    once_.subject = subject;
    once_.result = std::move(result);
    recent.subject_ = once_.subject;
    recent.generation_ = generation;
    recent.result_ = once_.result.get();
    return *once_.result;
}

bool MatchCache::seen_before(size_t hash) noexcept {
    uint16_t& seen = seen_[(hash >> slot_shift) % seen_slots];
    return std::exchange(seen, static_cast<uint16_t>(hash >> mark_shift | 1)) ==
           (hash >> mark_shift | 1);
}

// Passes over a limited number of entries, so that one message does not wait for a check of all.
void MatchCache::make_room(size_t bytes) {
    for (size_t passed = 0; hand_ != nullptr && bytes_ + bytes > bytes_max_;) {
        if (hand_->second.used && passed < passed_over_max) {
            ++passed;
            hand_->second.used = false;
            hand_ = hand_->second.next;
        } else {
            drop_at_hand();
        }
    }
}

// Inserts it where the hand arrives last.
MatchCache::Item& MatchCache::add(const Asked& asked, RecentMatch& recent) {
    Key key{asked.index, std::string(asked.subject), asked.hash};
    Item& item = *entries_.emplace(std::move(key), Entry{}).first;
    Entry& entry = item.second;
    entry.recent = &recent;
    if (hand_ == nullptr) hand_ = entry.next = entry.previous = &item;
    entry.next = hand_;
    entry.previous = hand_->second.previous;
    entry.previous->second.next = &item;
    hand_->second.previous = &item;
    return item;
}

void MatchCache::drop(Entries::iterator found) {
    const Entry& entry = found->second;
    forget(entry.recent, entry.result);
    entry.previous->second.next = entry.next;
    entry.next->second.previous = entry.previous;
    if (hand_ == &*found) hand_ = entry.next == hand_ ? nullptr : entry.next;
    bytes_ -= entry.bytes;
    entries_.erase(found);
}

void MatchCache::drop_at_hand() {
    const Key& key = hand_->first;
    drop(entries_.find(Asked{key.index, key.subject, key.hash}));
}

void MatchCache::forget(RecentMatch* recent, const Ref<const MatchResult>& result) noexcept {
    if (recent == nullptr || recent->result_ != result.get()) return;
    recent->generation_ = RecentMatch::no_generation;
    recent->result_ = nullptr;
}

bool MatchCache::sweep() {
    if (to_sweep_ == 0) {
        to_sweep_ = entries_.size();
        forget(once_.recent, once_.result);
        once_ = {};
    }
    const size_t count = std::min(to_sweep_, sweep_max);
    to_sweep_ -= count;
    for (size_t i = 0; i < count && hand_ != nullptr; ++i) {
        const auto& [key, entry] = *hand_;
        if (!entry.used || entry.generation != key.index->generation()) {
            drop_at_hand();
        } else {
            hand_->second.used = false;
            hand_ = entry.next;
        }
    }
    return to_sweep_ == 0;
}

}  // namespace midge
