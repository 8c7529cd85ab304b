#pragma once
// The advisories that a server publishes, as plain values, and their JSON (spec system-events.md
// 3). The `server` object is not part of them: EventBus adds it when it sends.
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

    // A new id and the time of now.
    [[nodiscard]] static EventHeader make() { return {nuid(), wall_now()}; }
};

// The `client` object (spec 2.2). Empty and zero members are left out of the JSON.
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

// A client that had an account is gone; a failed login counts as one of account "$G".
struct DisconnectEvent {
    EventHeader header;
    ClientInfo client;
    Traffic sent;      // by the client
    Traffic received;  // by the client
    CloseReason reason = CloseReason::client_closed;
    std::string reason_given;  // instead of `reason`, by a callout service or about its answer
};

// A login failed. Same JSON as DisconnectEvent, on a subject of the server.
struct AuthErrorEvent : DisconnectEvent {};

// The connections of one account on one server (spec 3.3 and 4.2, AccountStat).
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

// Goes out twice: on the old subject first, then on the new one, each with a `seq` of its own.
struct AccountConnsEvent {
    EventHeader header;
    AccountStat stat;
};

struct StatszEvent {
    Statsz statsz;
};

// Orderly shutdown; bare ServerInfo.
struct ShutdownEvent {};

// Lame duck mode begins; bare ServerInfo. The bus sends nothing after it (spec section 1).
struct LameDuckEvent {};

// The configuration was read again. Midge's own: nats-server says nothing.
struct ConfigReloadEvent {
    EventHeader header;
    std::string digest;                      // of the configuration in force: "sha256:..."
    std::vector<std::string> applied;        // settings that changed, by their keys
    std::vector<std::string> needs_restart;  // settings for which all was refused
    std::string error;                       // why; empty: the new configuration is in force
};

using Event = std::variant<ConnectEvent, DisconnectEvent, AuthErrorEvent, AccountConnsEvent,
                           StatszEvent, ShutdownEvent, LameDuckEvent, ConfigReloadEvent>;

// How the JWT of a user stands in JSON: as nats-server sends it ("jwt"), or by its hash alone
// ("jwt_hash": "sha256:...").
enum class JwtForm { whole, hash };

void write_json(JsonWriter& out, const ClientInfo& client, JwtForm jwt = JwtForm::whole);
// The fields from `acc` on, within an object that the caller began.
void write_fields(JsonWriter& out, const AccountStat& stat);

// Compact JSON, fields in the order of the spec.
[[nodiscard]] std::string to_json(const ConnectEvent& event, const ServerInfo& server,
                                  JwtForm jwt = JwtForm::whole);
[[nodiscard]] std::string to_json(const DisconnectEvent& event, const ServerInfo& server,
                                  JwtForm jwt = JwtForm::whole);
[[nodiscard]] std::string to_json(const AccountConnsEvent& event, const ServerInfo& server);
[[nodiscard]] std::string to_json(const StatszEvent& event, const ServerInfo& server);
[[nodiscard]] std::string to_json(const ConfigReloadEvent& event, const ServerInfo& server);

}  // namespace midge
