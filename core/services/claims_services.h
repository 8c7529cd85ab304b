#pragma once
// The $SYS.REQ.CLAIMS.* services (docs/protocol/system-services.md, Claims services).
#include <functional>
#include <string>

#include "services/system_services.h"

namespace midge {

// Owned by the broker; runs on the system thread. The resolver's abilities determine which subjects
// have a service. With a resolver that cannot store, clients thus get "no responders", as from
// nats-server.
class ClaimsServices {
  public:
    // Effects outside the registry, which the broker implements.
    struct Effects {
        // Called on the system thread after an account was deleted at the resolver. Closes its
        // clients.
        std::function<void(const std::string& account)> forget_account;
        // Calls `turned` on the system thread after every event loop has seen all earlier changes.
        std::function<void(std::function<void()> turned)> when_loops_turned;
    };
    ClaimsServices(SystemServices& services, Effects effects)
        : services_(services), effects_(std::move(effects)) {}
    // Adds the services to the system account. Requires: called once, before start().
    void attach(Account& system_account);
    // Adds the services that the current resolver supports, and removes those that only the
    // previous one supported. System thread, or before start().
    void adapt();

  private:
    void update(const ServiceRequest& request, const std::string& account_of_subject);
    void lookup(const ServiceRequest& request);
    void list(const ServiceRequest& request);
    void remove(const ServiceRequest& request);
    void apply_to_loaded(const ServiceRequest& request, const std::string& account,
                         const std::string& jwt);
    void store(const ServiceRequest& request, const std::string& account, const std::string& jwt);
    // Security events.
    void report_stored(const std::string& account, const std::string& jwt);
    void report(SecurityEventKind kind, std::vector<EventMember> members);
    void reply_done(const ServiceRequest& request, const std::string& account,
                    const std::string& message);
    void reply_turned(const ServiceRequest& request, const std::string& account,
                      const std::string& message);
    void reply_updated(const ServiceRequest& request, const std::string& account);
    // Also logs the error.
    void reply_error(const ServiceRequest& request, const std::string& account,
                     std::string_view message, std::string_view why);

    [[nodiscard]] AccountRegistry& registry() { return services_.server().registry; }
    [[nodiscard]] EventBus& events() { return services_.server().events; }
    [[nodiscard]] Logger& logger() { return services_.server().log; }

    SystemServices& services_;
    const Effects effects_;
    Account* system_account_ = nullptr;
    // Services for resolvers that can store, list, or erase.
    std::vector<Ref<Subscription>> storing_;
    std::vector<Ref<Subscription>> listing_;
    std::vector<Ref<Subscription>> erasing_;
};

}  // namespace midge
