#pragma once
// What a reload puts in force.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "account/resolver_chain.h"
#include "connection/settings.h"
#include "event/event_sink.h"
#include "event/events.h"
#include "exchange/configured_account.h"

namespace midge {

// Made and checked by Broker::prepare_reload(), put in force by commit_reload(); without that it
// goes as if it had never been. Only the latest one fits what is in force. The thread of the
// broker's owner.
class PreparedReload {
  private:
    friend class Broker;
    std::shared_ptr<const Settings> settings_;    // with authenticators, TLS contexts and roles
    std::optional<ConfiguredAccounts> accounts_;  // none: accounts have JWTs
    std::shared_ptr<ResolverChain> resolvers_;    // null: accounts have none
    bool one_resolver_ = false;
    ServerInfo event_server_;
    std::vector<std::unique_ptr<EventSink>> sinks_;
};

}  // namespace midge
