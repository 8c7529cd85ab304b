#pragma once
// The $SYS.REQ.CLAIMS.* services (spec system-events.md 5, resolver.md 5.1).
#include <functional>
#include <string>

#include "services/system_services.h"

namespace midge {

// Owned by the broker, lives on the system thread. Which subjects are answered depends on what the
// resolver in use can do, so a resolver that cannot store gives "no responders", as nats-server
// does.
class ClaimsServices {
  public:
    // What takes effect beyond the registry; the broker's.
    struct Effects {
        // An account was deleted at the resolver: its clients are closed. System thread.
        std::function<void(const std::string& account)> forget_account;
        // Calls `turned` on the system thread when every event loop has seen what was done before.
        std::function<void(std::function<void()> turned)> when_loops_turned;
    };
    ClaimsServices(SystemServices& services, Effects effects)
        : services_(services), effects_(std::move(effects)) {}
    // Once, for the system account; before start.
    void attach(Account& system_account);
    // Offers what the resolver in use can do, and no longer what only one before it could. System
    // thread, or before start.
    void adapt();

  private:
    void update(const ServiceRequest& request, const std::string& account_of_subject);
    void lookup(const ServiceRequest& request);
    void list(const ServiceRequest& request);
    void remove(const ServiceRequest& request);
    void apply_to_loaded(const ServiceRequest& request, const std::string& account,
                         const std::string& jwt);
    void store(const ServiceRequest& request, const std::string& account, const std::string& jwt);
    void reply_done(const ServiceRequest& request, const std::string& account,
                    const std::string& message);
    void reply_turned(const ServiceRequest& request, const std::string& account,
                      const std::string& message);
    void reply_updated(const ServiceRequest& request, const std::string& account);
    // Tells the log too.
    void reply_error(const ServiceRequest& request, const std::string& account,
                     std::string_view message, std::string_view why);

    [[nodiscard]] AccountRegistry& registry() { return services_.server().registry; }
    [[nodiscard]] EventBus& events() { return services_.server().events; }
    [[nodiscard]] Logger& logger() { return services_.server().log; }

    SystemServices& services_;
    const Effects effects_;
    Account* system_account_ = nullptr;
    // Of resolvers that store, that list too, and that delete as well.
    std::vector<Ref<Subscription>> storing_;
    std::vector<Ref<Subscription>> listing_;
    std::vector<Ref<Subscription>> erasing_;
};

}  // namespace midge
