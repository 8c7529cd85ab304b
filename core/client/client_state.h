#pragma once
// What a client is at the moment.
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "client/client_places.h"
#include "client/client_subscriptions.h"
#include "client/connect_state.h"
#include "client/publish_rules.h"
#include "login/login.h"
#include "monitor/connz.h"
#include "protocol/parser.h"

namespace midge {

// Shared by the parts of a session, which owns it. The thread of its loop.
struct ClientState {
    static constexpr int64_t subscriptions_unlimited = std::numeric_limits<int64_t>::max();

    LoginGrant grant;
    ConnectState connect;
    bool connected = false;      // CONNECT was accepted
    bool counted_in = false;     // it is one of the connections of its account
    bool answered_ping = false;  // behind CONNECT
    bool info_due = false;       // the first PING behind CONNECT is answered with an INFO, too

    // The least of those of server, account and user.
    ParserLimits limits;
    int64_t subscriptions_max = subscriptions_unlimited;
    ClientPlaces places;

    PublishRules publish_rules;
    ClientSubscriptions subscriptions;
    uint64_t received_messages = 0, received_bytes = 0;
    // The last time it published or subscribed; the epoch: not yet.
    SteadyClock::time_point last_active;
    // When the last event about a denied permission was sent, and how many were left out since.
    SteadyClock::time_point denial_told;
    uint32_t denials_untold = 0;
    // The subscriptions that it had at its end; null before.
    std::unique_ptr<std::vector<SubscriptionRow>> had_subscriptions;
};

}  // namespace midge
