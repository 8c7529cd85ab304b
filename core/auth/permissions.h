#pragma once
// The subjects that a session may use (docs/protocol/login.md, Permissions).
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/subject_set.h"

namespace midge {

struct PermissionClaims;

// The input of Permissions. An absent allow list allows everything, an empty one allows nothing;
// deny entries have priority.
struct SubjectRuleSpec {
    std::optional<std::vector<std::string>> allow;
    std::vector<std::string> deny;

    bool operator==(const SubjectRuleSpec&) const = default;
};

struct ResponseSpec {
    int64_t max_messages = 0;             // 0: the default of 1, negative: unlimited
    std::chrono::nanoseconds expires{0};  // 0: the default of two minutes, negative: never

    bool operator==(const ResponseSpec&) const = default;
};

struct PermissionSpec {
    SubjectRuleSpec publish;
    SubjectRuleSpec subscribe;  // entries may be "subject queue"
    // Allows the session to answer requests that it received. Turns an absent publish allow list
    // into an empty one.
    std::optional<ResponseSpec> responses;
    // Entries of a template that have no effect for the user; for the log.
    std::vector<std::string> left_out = {};

    bool operator==(const PermissionSpec&) const = default;
};
[[nodiscard]] PermissionSpec to_spec(const PermissionClaims& claims);

// Response limits with the defaults filled in.
struct ResponseLimits {
    int64_t max_messages = 1;                                    // negative: unlimited
    std::chrono::nanoseconds expires = std::chrono::minutes(2);  // negative: never
};

enum class SubscribeVerdict {
    denied,
    allowed,
    // Allowed, but some matching subjects are denied: call may_deliver() for each message.
    filtered,
};

// Immutable after construction, and therefore shared by sessions and threads. The broker caches
// results for each session. Even without the cache, every function needs only a few hash look-ups
// unless there are many wildcard entries.
class Permissions {
  public:
    // Allow entries that are not valid subjects match nothing; the configuration and validate()
    // refuse them.
    explicit Permissions(const PermissionSpec& spec);

    // `subject` must be literal. The result does not include the right to answer requests.
    [[nodiscard]] bool may_publish(std::string_view subject) const;
    // `queue` empty: a plain subscription. `subject` need not be valid.
    [[nodiscard]] SubscribeVerdict may_subscribe(std::string_view subject,
                                                 std::string_view queue) const;
    // Whether nats-server would decide differently about a subscription, because it takes '>' for a
    // token that '*' covers (docs/differences.md). For the log.
    [[nodiscard]] bool is_judged_otherwise(std::string_view subject,
                                           SubscribeVerdict verdict) const;
    // Whether a message on the literal `subject` may be delivered to a subscription with the
    // verdict `filtered`.
    [[nodiscard]] bool may_deliver(std::string_view subject, std::string_view queue) const;
    [[nodiscard]] const std::optional<ResponseLimits>& responses() const { return responses_; }
    // The input of the constructor, for monitoring and USER.INFO.
    [[nodiscard]] const PermissionSpec& spec() const { return spec_; }

  private:
    [[nodiscard]] SubscribeVerdict judge_malformed(std::string_view subject) const;

    PermissionSpec spec_;
    std::optional<SubjectSet> publish_allow_;
    SubjectSet publish_deny_;
    std::optional<QueueSubjectSet> subscribe_allow_;
    QueueSubjectSet subscribe_deny_;
    std::optional<ResponseLimits> responses_;
};

// Compares the rights. Null means that everything is allowed.
[[nodiscard]] bool allow_the_same(const std::shared_ptr<const Permissions>& one,
                                  const std::shared_ptr<const Permissions>& other);

}  // namespace midge
