#pragma once
// Who a server is, to clients, services and receivers of events.
#include <string>

#include "auth/callout_claims.h"
#include "auth/nkey.h"
#include "config/options.h"
#include "event/server_info.h"

namespace midge {

// The key that a server makes at its start, and the names that come from it and from the options.
// Owned by the broker, outlives everything that the broker makes. Any thread.
class ServerIdentity {
  public:
    explicit ServerIdentity(const Options& options);

    [[nodiscard]] const KeyPair& key() const noexcept { return key_; }
    [[nodiscard]] const std::string& id() const noexcept { return id_; }  // the public key
    // `server_name`; without it, the id.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    // The `server` object of events and replies.
    [[nodiscard]] ServerInfo event_server(const Options& options) const;
    // What the requests of auth callout say of the server.
    [[nodiscard]] CalloutServer callout_server(const Options& options) const;

  private:
    const KeyPair key_;
    const std::string id_;
    const std::string name_;
};

}  // namespace midge
