#include "auth/permissions.h"

#include "auth/claims.h"
#include "subject/subject.h"

namespace midge {
namespace {

ResponseLimits with_defaults(const ResponseSpec& spec) {
    ResponseLimits out;
    if (spec.max_messages != 0) out.max_messages = spec.max_messages;
    if (spec.expires.count() != 0) out.expires = spec.expires;
    return out;
}

template <class Set>
Set to_set(const std::vector<std::string>& entries) {
    Set out;
    for (const auto& entry : entries) out.add(entry);
    return out;
}

SubjectRuleSpec to_rules(const SubjectPermission& claims) {
    SubjectRuleSpec out;
    // Claims do not distinguish between empty and absent.
    if (!claims.allow.empty()) out.allow = claims.allow;
    out.deny = claims.deny;
    return out;
}

}  // namespace

PermissionSpec to_spec(const PermissionClaims& claims) {
    PermissionSpec out{to_rules(claims.pub), to_rules(claims.sub), std::nullopt};
    if (claims.resp) {
        out.responses = ResponseSpec{claims.resp->max, std::chrono::nanoseconds(claims.resp->ttl)};
    }
    return out;
}

Permissions::Permissions(const PermissionSpec& spec)
    : spec_(spec),
      publish_deny_(to_set<SubjectSet>(spec.publish.deny)),
      subscribe_deny_(to_set<QueueSubjectSet>(spec.subscribe.deny)) {
    if (spec.responses) {
        responses_ = with_defaults(*spec.responses);
        // A right to publish everything would make the right to answer meaningless.
        publish_allow_.emplace();
    }
    if (spec.publish.allow) publish_allow_ = to_set<SubjectSet>(*spec.publish.allow);
    if (spec.subscribe.allow) subscribe_allow_ = to_set<QueueSubjectSet>(*spec.subscribe.allow);
}

bool Permissions::may_publish(std::string_view subject) const {
    if (publish_allow_ && !publish_allow_->covers(subject)) return false;
    return !publish_deny_.covers(subject);
}

SubscribeVerdict Permissions::may_subscribe(std::string_view subject,
                                            std::string_view queue) const {
    if (!is_subscribable(subject)) return judge_malformed(subject);
    if (subscribe_allow_) {
        bool allowed = subscribe_allow_->plain().covers(subject);
        if (!queue.empty()) {
            const auto match = subscribe_allow_->covers(subject, queue);
            if (match.any) allowed = match.named;
        }
        if (!allowed) return SubscribeVerdict::denied;
    }
    // A plain deny entry also applies to queue subscriptions, whatever the queue entries are.
    if (subscribe_deny_.plain().covers(subject)) return SubscribeVerdict::denied;
    if (!queue.empty() && subscribe_deny_.covers(subject, queue).named) {
        return SubscribeVerdict::denied;
    }
    const bool filtered = subscribe_deny_.plain().overlaps(subject) ||
                          (!queue.empty() && subscribe_deny_.overlaps(subject, queue));
    return filtered ? SubscribeVerdict::filtered : SubscribeVerdict::allowed;
}

// A subscription to an invalid subject is reported as denied where nats-server does so. nats-server
// looks the text up like the subject of a message, and finds no entry for empty tokens.
SubscribeVerdict Permissions::judge_malformed(std::string_view subject) const {
    const bool matchable = is_matchable(subject);
    if (subscribe_allow_ && !(matchable && subscribe_allow_->plain().matches(subject)))
        return SubscribeVerdict::denied;
    const bool denied = matchable && subscribe_deny_.plain().matches(subject);
    return denied ? SubscribeVerdict::denied : SubscribeVerdict::allowed;
}

bool Permissions::is_judged_otherwise(std::string_view subject, SubscribeVerdict verdict) const {
    if (!subject.ends_with('>') || !is_subscribable(subject)) return false;
    const bool denied = (subscribe_allow_ && !subscribe_allow_->plain().matches(subject)) ||
                        subscribe_deny_.plain().matches(subject);
    return denied != (verdict == SubscribeVerdict::denied);
}

bool Permissions::may_deliver(std::string_view subject, std::string_view queue) const {
    if (subscribe_deny_.plain().covers(subject)) return false;
    return queue.empty() || !subscribe_deny_.covers(subject, queue).named;
}

bool allow_the_same(const std::shared_ptr<const Permissions>& one,
                    const std::shared_ptr<const Permissions>& other) {
    if (one == other) return true;
    return one != nullptr && other != nullptr && one->spec() == other->spec();
}

}  // namespace midge
