#pragma once
// The advisories of a server as plain values, and their JSON (docs/protocol/system-events.md). They
// do not contain the `server` object: EventDispatcher adds it when it sends them.
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/close_reason.h"
#include "base/random.h"
#include "event/server_info.h"
#include "event/statsz.h"

namespace midge {

inline constexpr std::string_view connect_event_type = "io.nats.server.advisory.v1.client_connect";
inline constexpr std::string_view disconnect_event_type =
    "io.nats.server.advisory.v1.client_disconnect";
inline constexpr std::string_view config_reload_event_type =
    "io.midge.server.advisory.v1.config_reload";
inline constexpr std::string_view account_conns_event_type =
    "io.nats.server.advisory.v1.account_connections";

// Fields that every typed event begins with, after its `type`.
struct EventHeader {
    std::string id;  // a nuid
    WallNanos timestamp = 0;

    // Returns a header with a new id and the current time.
    [[nodiscard]] static EventHeader make() { return {nuid(), wall_now()}; }
};

// The `client` object (docs/protocol/system-events.md, Client object). Its JSON omits empty and
// zero members.
struct ClientInfo {
    WallNanos start = 0;
    std::string host;
    uint64_t id = 0;
    std::string account;  // public key or name
    std::string service;
    std::string user;  // public key, user name or token
    std::string name;
    std::string lang;
    std::string version;
    int64_t rtt_nanos = 0;
    std::string server;
    std::string cluster;
    std::vector<std::string> alternates;
    WallNanos stop = 0;
    std::string jwt;
    std::string issuer_key;
    std::string name_tag;  // display name of the account
    std::vector<std::string> tags;
    std::string kind;         // "Client"
    std::string client_type;  // "nats"
    std::string client_id;    // MQTT
    std::string nonce;
    std::string reply;
};

// A client has authenticated.
struct ConnectEvent {
    EventHeader header;
    ClientInfo client;
};

// A client that had an account has disconnected. A failed login counts as a client of account "$G".
struct DisconnectEvent {
    EventHeader header;
    ClientInfo client;
    Traffic sent;      // by the client
    Traffic received;  // by the client
    CloseReason reason = CloseReason::client_closed;
    std::string reason_given;  // replaces `reason`; from a callout service or about its answer
};

// A login failed. Same JSON as DisconnectEvent, on a subject of the server.
struct AuthErrorEvent : DisconnectEvent {};

// The connections of one account on one server (docs/protocol/system-events.md, Account
// connections).
struct AccountStat {
    std::string account;
    std::string name;
    int conns = 0;
    int leafnodes = 0;
    int total_conns = 0;
    uint32_t num_subscriptions = 0;
    DataStats sent;      // delivered to clients
    DataStats received;  // from clients
    int64_t slow_consumers = 0;
};

// Sent twice, first on the old and then on the new subject, each time with a new `seq`.
struct AccountConnsEvent {
    EventHeader header;
    AccountStat stat;
};

struct StatszEvent {
    Statsz statsz;
};

// Orderly shutdown. The body is only the ServerInfo.
struct ShutdownEvent {};

// Lame duck mode begins. The body is only the ServerInfo. The bus sends no further events
// (docs/protocol/system-events.md, Where events go).
struct LameDuckEvent {};

// The configuration was read again. Only Midge has this event.
struct ConfigReloadEvent {
    EventHeader header;
    std::string digest;                      // digest of the configuration in effect: "sha256:..."
    std::vector<std::string> applied;        // settings that changed, by their keys
    std::vector<std::string> needs_restart;  // settings that made the server refuse the reload
    std::string error;                       // reason; empty: the new configuration is in effect
};

// How the JWT of a user stands in JSON: as nats-server sends it ("jwt"), or by its hash alone
// ("jwt_hash": "sha256:...").
enum class JwtForm { whole, hash };
// "sha256:...", in hex.
[[nodiscard]] std::string jwt_hash(std::string_view jwt);

void write_json(JsonWriter& out, const ClientInfo& client, JwtForm jwt = JwtForm::whole);
// The fields from `acc` on, within an object that the caller began.
void write_fields(JsonWriter& out, const AccountStat& stat);

// Return compact JSON with the fields in the order of docs/protocol/system-events.md.
[[nodiscard]] std::string to_json(const ConnectEvent& event, const ServerInfo& server,
                                  JwtForm jwt = JwtForm::whole);
[[nodiscard]] std::string to_json(const DisconnectEvent& event, const ServerInfo& server,
                                  JwtForm jwt = JwtForm::whole);
[[nodiscard]] std::string to_json(const AccountConnsEvent& event, const ServerInfo& server);
[[nodiscard]] std::string to_json(const StatszEvent& event, const ServerInfo& server);
[[nodiscard]] std::string to_json(const ConfigReloadEvent& event, const ServerInfo& server);

}  // namespace midge
