#pragma once
// What a subject index holds, and what a match gives.
#include <cstdint>
#include <string>
#include <vector>

#include "base/ref.h"

namespace midge {

// The other end of a link. Gets a message once, however many of its subscriptions without a queue
// match; a queue group chooses among its members as usual.
class MatchTarget : public RefCounted {};

// One subscription as the index sees it; the broker derives its own from this. Subject, queue,
// target and whether it counts never change.
class IndexEntry : public RefCounted {
  public:
    IndexEntry(std::string subject, std::string queue)
        : subject_(std::move(subject)), queue_(std::move(queue)) {}
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
    [[nodiscard]] const std::string& queue() const noexcept { return queue_; }  // empty: none
    // Null: each such subscription gets the message itself.
    [[nodiscard]] virtual MatchTarget* target() const noexcept { return nullptr; }
    // Whether links tell others of it. What came by a link is not for the others to know.
    [[nodiscard]] virtual bool counts_as_interest() const noexcept { return true; }

  private:
    friend class SubjectIndex;
    const std::string subject_;
    const std::string queue_;
    size_t place_ = 0;  // among those of its node or group; the index's lock guards it
};

// The members of one queue name among all matching subscriptions; one of them gets the message.
// Changed only by who alone holds it.
class QueueGroup : public RefCounted {
  public:
    explicit QueueGroup(std::string group_name) : name(std::move(group_name)) {}
    QueueGroup(std::string group_name, std::vector<Ref<IndexEntry>> of)
        : name(std::move(group_name)), members(std::move(of)) {}

    const std::string name;
    std::vector<Ref<IndexEntry>> members;
    size_t interested = 0;  // members that count as interest, in an index
};

// Immutable once built, groups included, so any number of loops may hold it.
class MatchResult : public RefCounted {
  public:
    std::vector<Ref<IndexEntry>> plain;  // those without queue and target
    std::vector<Ref<QueueGroup>> queues;
    std::vector<Ref<MatchTarget>> targets;  // of those without queue; each once
    bool only_plain = true;                 // the other two are empty
    // Without the subscriptions; with its groups, which others may have too.
    size_t memory_bytes = 0;
    [[nodiscard]] bool empty() const noexcept { return plain.empty() && only_plain; }
};

}  // namespace midge
