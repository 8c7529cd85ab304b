#pragma once
// Whether a client may publish a message, and where it goes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "auth/permissions.h"
#include "protocol/commands.h"
#include "routing/reply_permits.h"
#include "subject/subject_mappings.h"

namespace midge {

struct LoginGrant;

enum class PublishVerdict : uint8_t {
    allowed,
    subject_invalid,  // it is published, but a pedantic client gets an error
    subject_denied,
    reply_denied,
};

// The mappings of the account, and the permissions of the client with the verdict about the last
// subject, since publishers repeat themselves. Owned by a session; its thread.
class PublishRules {
  public:
    // Whether a command like the last one may pass unchecked.
    [[nodiscard]] bool allow_repeats() const noexcept { return repeats_allowed_; }
    // The next message is checked, whatever it repeats.
    void check_next() noexcept { repeats_allowed_ = false; }
    // Nothing that was judged before counts any more.
    void forget() noexcept;

    // Null: nothing is mapped.
    void set_mappings(std::shared_ptr<const SubjectMappings> mappings) {
        mappings_ = std::move(mappings);
    }
    [[nodiscard]] bool maps() const noexcept { return mappings_ != nullptr; }
    // The command with its mapped subject, valid until the thread's next message; an empty subject:
    // the message is lost. `random` decides between weighted destinations. Requires: maps().
    [[nodiscard]] const PublishCommand& map(const PublishCommand& command, uint32_t random) const;

    // `command`: with its mapped subject, as permissions are about that. A permission to answer is
    // used up.
    [[nodiscard]] PublishVerdict judge(const PublishCommand& command, const LoginGrant& grant,
                                       bool pedantic);
    // New permissions are in force.
    void set_reply_permits(const Permissions* permissions);
    // Null: the client has no permission to answer.
    [[nodiscard]] const Ref<ReplyPermits>& reply_permits() const noexcept { return reply_permits_; }

  private:
    [[nodiscard]] bool may_publish_to(std::string_view subject, const LoginGrant& grant);

    std::shared_ptr<const SubjectMappings> mappings_;  // shared with the account
    Ref<ReplyPermits> reply_permits_;                  // shared with the subscriptions
    std::string last_allowed_subject_;
    bool repeats_allowed_ = false;
};

}  // namespace midge
