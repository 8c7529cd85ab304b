#pragma once
// Whether anybody receives system events.
#include <atomic>

#include "account/account.h"

namespace midge {

// Owned by the broker. Any thread.
class EventDemand {
  public:
    // Whether there are sinks besides the system account.
    void set_sinks(bool there_are) noexcept { sinks_.store(there_are, std::memory_order_relaxed); }
    // Requires: called before other threads call any(). Without a system account, nobody can
    // subscribe to events.
    void set_system_account(const Account& account) noexcept { system_account_ = &account; }
    // Whether there is a sink, or a subscriber in the system account. If not, events need not be
    // made.
    [[nodiscard]] bool any() const noexcept {
        return sinks_.load(std::memory_order_relaxed) ||
               (system_account_ != nullptr && system_account_->has_subscribers());
    }

  private:
    std::atomic<bool> sinks_{false};
    const Account* system_account_ = nullptr;
};

}  // namespace midge
