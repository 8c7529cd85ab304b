#pragma once
// From the options to what the event loops use of them.
#include <memory>

#include "account/account_registry.h"
#include "auth/connection_type.h"
#include "auth/trust.h"
#include "base/result.h"
#include "broker/server_identity.h"
#include "client/client_role.h"
#include "config/options.h"
#include "connection/settings.h"
#include "login/callout.h"
#include "login/hash_pool.h"

namespace midge {

// Makes settings with everything that may fail: authenticators, TLS contexts, roles. Owned by the
// broker; the thread of its owner.
class SettingsFactory {
  public:
    // Of Settings::listeners. Without `websocket.port` there is no second one.
    static constexpr ListenerIndex clients_listener = 0, websocket_listener = 1;
    // What the settings refer to. The parts outlive the factory and all of its settings.
    struct Parts {
        const ServerIdentity& identity;
        AccountRegistry& registry;
        std::shared_ptr<const TrustedOperators> operators;
        HashPool& hashes;
        Callout& callout;
        ClientServer& clients;
    };
    explicit SettingsFactory(Parts parts) : parts_(std::move(parts)) {}

    // Leaves the generation and the bound ports to the caller. Errors are those of the options: a
    // file of TLS, an origin, a user.
    [[nodiscard]] Result<Settings> make(Options options) const;

  private:
    // What both listeners have in common; the rest is as `options` say.
    [[nodiscard]] Result<ListenerSettings> make_listener(const Options& options,
                                                         ConnectionType type,
                                                         bool certificates_name_users) const;

    const Parts parts_;
};

}  // namespace midge
