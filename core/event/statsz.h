#pragma once
// Statistics of a server for the STATSZ heartbeat (docs/protocol/system-events.md, Statistics).
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/json_writer.h"

namespace midge {

struct Traffic {
    int64_t msgs = 0;
    int64_t bytes = 0;
};

// Traffic by kind of server link; only in the statistics of accounts
// (docs/protocol/system-events.md, Traffic).
struct LinkTraffic {
    Traffic gateways;
    Traffic routes;
    Traffic leafs;
};

struct DataStats {
    int64_t msgs = 0;
    int64_t bytes = 0;
    std::optional<LinkTraffic> links;
};

// Omitted from the JSON if all are zero.
struct ConnectionKindCounts {
    uint64_t clients = 0;
    uint64_t routes = 0;
    uint64_t gateways = 0;
    uint64_t leafs = 0;
    friend bool operator==(const ConnectionKindCounts&, const ConnectionKindCounts&) = default;
};

struct Statsz {
    WallNanos start = 0;
    int64_t mem_bytes = 0;  // resident set
    int cores = 0;
    double cpu_percent = 0;
    int connections = 0;
    uint64_t total_connections = 0;
    int active_accounts = 0;
    uint32_t subscriptions = 0;
    DataStats sent;
    DataStats sent_to_clients;
    DataStats received;
    DataStats received_from_clients;
    int64_t slow_consumers = 0;
    ConnectionKindCounts slow_consumer_stats;
    int64_t stale_connections = 0;
    ConnectionKindCounts stale_connection_stats;
    int64_t stalled_clients = 0;
    int active_servers = 0;  // known servers and this one
    int gomaxprocs = 0;      // number of event loops
};

void write_json(JsonWriter& out, const DataStats& stats);
void write_json(JsonWriter& out, const Statsz& statsz);

}  // namespace midge
