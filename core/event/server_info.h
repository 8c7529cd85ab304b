#pragma once
// The `server` object of events and replies (docs/protocol/system-events.md, Server object).
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"

namespace midge {

// The sender of an event or reply. All fields except `seq` and `time` stay the same for the life of
// a server process; ServerStamp sets those two just before sending.
struct ServerInfo {
    std::string name;
    std::string host;  // as configured for clients
    std::string id;    // public server nkey, "N..."
    std::string cluster;
    std::string domain;
    std::string version;
    std::vector<std::string> tags;
    std::map<std::string, std::string> metadata;
    std::map<std::string, bool> feature_flags;
    bool jetstream = false;
    uint64_t flags = 0;
    uint64_t seq = 0;
    WallNanos time = 0;
};

// The flags of nats-server 2.15 with their defaults, which is what they are here.
[[nodiscard]] std::map<std::string, bool> known_feature_flags();

void write_json(JsonWriter& out, const ServerInfo& server);

// Body of SHUTDOWN and LAMEDUCK: only the object itself.
[[nodiscard]] std::string to_json(const ServerInfo& server);

// Reply to IDZ: name, host and id only, no envelope.
[[nodiscard]] std::string idz_json(const ServerInfo& server);

// The `<node>` token of server inboxes: 8 characters from the SHA-256 of the server's name
// (docs/protocol/system-events.md, Server object).
[[nodiscard]] std::string node_hash(std::string_view server_name);

}  // namespace midge
