#include "client/publish_rules.h"

#include "login/login.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Subjects of the server's own between gateways and raft groups: no client publishes there.
bool is_reserved_subject(std::string_view subject) {
    return subject.starts_with("_GR_.") || subject.starts_with("$GR.") ||
           subject.starts_with("$NRG.");
}

bool is_reserved_reply(std::string_view reply) {
    return reply.starts_with("_R_.") || reply.starts_with("$JS.ACK.") ||
           reply.starts_with("_GR_.") || reply.starts_with("$GR");
}

}  // namespace

void PublishRules::forget() noexcept {
    last_allowed_subject_.clear();
    repeats_allowed_ = false;
}

const PublishCommand& PublishRules::map(const PublishCommand& command, uint32_t random) const {
    // Kept by the thread until its next message, so that none allocates for it.
    static thread_local std::string subject;
    static thread_local PublishCommand mapped;
    mapped = command;
    if (mappings_->map(command.subject, random, subject)) mapped.subject = subject;
    mapped.repeated = false;
    return mapped;
}

PublishVerdict PublishRules::judge(const PublishCommand& command, const LoginGrant& grant,
                                   bool pedantic) {
    repeats_allowed_ = false;
    const char first = command.subject.front();
    if ((first == '_' || first == '$') && is_reserved_subject(command.subject) &&
        !grant.account->is_system()) {
        return PublishVerdict::subject_denied;
    }
    if (grant.permissions && !may_publish_to(command.subject, grant))
        return PublishVerdict::subject_denied;
    if (!command.reply.empty() && is_reserved_reply(command.reply))
        return PublishVerdict::reply_denied;
    if (pedantic && !is_publishable(command.subject)) return PublishVerdict::subject_invalid;
    // A permission to answer is used up by each message.
    repeats_allowed_ = !grant.permissions || last_allowed_subject_ == command.subject;
    return PublishVerdict::allowed;
}

bool PublishRules::may_publish_to(std::string_view subject, const LoginGrant& grant) {
    if (!last_allowed_subject_.empty() && last_allowed_subject_ == subject) return true;
    if (grant.permissions->may_publish(subject)) {
        last_allowed_subject_ = subject;
        return true;
    }
    return reply_permits_ && reply_permits_->use(subject);
}

void PublishRules::set_reply_permits(const Permissions* permissions) {
    reply_permits_ = {};
    if (permissions != nullptr && permissions->responses())
        reply_permits_ = make_ref<ReplyPermits>(*permissions->responses());
}

}  // namespace midge
