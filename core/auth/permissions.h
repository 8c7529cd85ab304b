#pragma once
// Which subjects a session may use (spec client-protocol.md 7).
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/subject_set.h"

namespace midge {

struct PermissionClaims;

// What Permissions are compiled from. An absent allow list allows everything, an empty one nothing;
// deny wins.
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
    // Lets the session answer requests it received; turns an absent publish allow list into an
    // empty one.
    std::optional<ResponseSpec> responses;
    // Entries of a template that a user gets nothing from; for the log.
    std::vector<std::string> left_out = {};

    bool operator==(const PermissionSpec&) const = default;
};
[[nodiscard]] PermissionSpec to_spec(const PermissionClaims& claims);

// With the defaults filled in.
struct ResponseLimits {
    int64_t max_messages = 1;                                    // negative: unlimited
    std::chrono::nanoseconds expires = std::chrono::minutes(2);  // negative: never
};

enum class SubscribeVerdict {
    denied,
    allowed,
    filtered,  // allowed, but some subjects it matches are denied: ask may_deliver for each message
};

// Immutable once built, so shared between sessions and threads. The broker caches verdicts per
// session; every function is nevertheless a few hash look-ups unless there are many wildcard
// entries.
class Permissions {
  public:
    // Entries that are not valid subjects match nothing in an allow list; config and validate()
    // refuse them beforehand.
    explicit Permissions(const PermissionSpec& spec);

    // `subject`: literal. The response rule is not part of the answer.
    [[nodiscard]] bool may_publish(std::string_view subject) const;
    // `queue` empty: a plain subscription. `subject` may be no valid one.
    [[nodiscard]] SubscribeVerdict may_subscribe(std::string_view subject,
                                                 std::string_view queue) const;
    // Whether nats-server would judge a subscription the other way, since it takes '>' for a token
    // that '*' covers (docs/differences.md). For the log.
    [[nodiscard]] bool is_judged_otherwise(std::string_view subject,
                                           SubscribeVerdict verdict) const;
    // Whether a message on the literal `subject` may go to a subscription whose verdict was
    // `filtered`.
    [[nodiscard]] bool may_deliver(std::string_view subject, std::string_view queue) const;
    [[nodiscard]] const std::optional<ResponseLimits>& responses() const { return responses_; }
    // What it was compiled from, for monitoring and USER.INFO.
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

// Null: everything is allowed.
[[nodiscard]] bool allow_the_same(const std::shared_ptr<const Permissions>& one,
                                  const std::shared_ptr<const Permissions>& other);

}  // namespace midge
