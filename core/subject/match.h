#pragma once
// What a subject index holds, and what a match gives.
#include <cstdint>
#include <string>
#include <vector>

#include "base/ref.h"

namespace midge {

// One subscription as the index sees it; the broker derives its own from this. Subject and queue
// never change.
class IndexEntry : public RefCounted {
  public:
    IndexEntry(std::string subject, std::string queue)
        : subject_(std::move(subject)), queue_(std::move(queue)) {}
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
    [[nodiscard]] const std::string& queue() const noexcept { return queue_; }  // empty: none

  private:
    const std::string subject_;
    const std::string queue_;
};

// The members of one queue name among all matching subscriptions; one of them gets the message.
struct QueueGroup {
    std::string name;
    std::vector<Ref<IndexEntry>> members;
};

// Immutable once built, so any number of loops may hold it.
class MatchResult : public RefCounted {
  public:
    std::vector<Ref<IndexEntry>> plain;
    std::vector<QueueGroup> queues;
    [[nodiscard]] bool empty() const noexcept { return plain.empty() && queues.empty(); }
};

}  // namespace midge
