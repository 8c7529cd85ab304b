#pragma once
// The entries of a subject index, and the result of a match.
#include <cstdint>
#include <string>
#include <vector>

#include "base/ref.h"

namespace midge {

// The other end of a link. It gets a message once, however many of its subscriptions without a
// queue match. A queue group chooses among its members as usual.
class MatchTarget : public RefCounted {};

// A subscription in the index; the broker derives its own classes from this one. The subject, the
// queue, the target and counts_as_interest() never change.
class IndexEntry : public RefCounted {
  public:
    IndexEntry(std::string subject, std::string queue)
        : subject_(std::move(subject)), queue_(std::move(queue)) {}
    [[nodiscard]] const std::string& subject() const noexcept { return subject_; }
    [[nodiscard]] const std::string& queue() const noexcept { return queue_; }  // empty: none
    // Null: the subscription gets each message itself.
    [[nodiscard]] virtual MatchTarget* target() const noexcept { return nullptr; }
    // Whether links tell other servers about it. False for interests that came from a link.
    [[nodiscard]] virtual bool counts_as_interest() const noexcept { return true; }

  private:
    friend class SubjectIndex;
    const std::string subject_;
    const std::string queue_;
    // Position among the entries of its node or group; guarded by the index's lock.
    size_t place_ = 0;
};

// The members of one queue group among all matching subscriptions; one of them gets the message.
// Changed only while there is a single reference.
class QueueGroup : public RefCounted {
  public:
    explicit QueueGroup(std::string group_name) : name(std::move(group_name)) {}
    QueueGroup(std::string group_name, std::vector<Ref<IndexEntry>> of)
        : name(std::move(group_name)), members(std::move(of)) {}

    const std::string name;
    std::vector<Ref<IndexEntry>> members;
    size_t interested = 0;  // members that count as interest; only in an index
};

// Immutable after it is made, including its groups, so that any number of loops may share it.
class MatchResult : public RefCounted {
  public:
    std::vector<Ref<IndexEntry>> plain;  // entries without queue and target
    std::vector<Ref<QueueGroup>> queues;
    std::vector<Ref<MatchTarget>> targets;  // targets of entries without queue; each once
    bool only_plain = true;                 // `queues` and `targets` are empty
    // Memory of the result including its groups, which others may share, and without the
    // subscriptions.
    size_t memory_bytes = 0;
    [[nodiscard]] bool empty() const noexcept { return plain.empty() && only_plain; }
};

}  // namespace midge
