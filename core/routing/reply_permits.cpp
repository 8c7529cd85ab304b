#include "routing/reply_permits.h"

namespace midge {

void ReplyPermits::grant(std::string_view reply) {
    const auto end = limits_.expires.count() < 0
                         ? SteadyClock::time_point::max()
                         : SteadyClock::now() +
                               std::chrono::duration_cast<SteadyClock::duration>(limits_.expires);
    const std::lock_guard lock(mutex_);
    if (permits_.size() >= permits_max) drop_ended();
    if (permits_.size() >= permits_max) return;
    permits_.insert_or_assign(std::string(reply), Permit{limits_.max_messages, end});
}

bool ReplyPermits::use(std::string_view reply) {
    const std::lock_guard lock(mutex_);
    const auto found = permits_.find(reply);
    if (found == permits_.end()) return false;
    Permit& permit = found->second;
    const bool open = SteadyClock::now() < permit.end && permit.left != 0;
    if (permit.left > 0) --permit.left;
    if (!open || permit.left == 0) permits_.erase(found);
    return open;
}

void ReplyPermits::drop_ended() {
    const auto now = SteadyClock::now();
    std::erase_if(permits_, [&](const auto& item) { return now >= item.second.end; });
}

}  // namespace midge
