#include "event/statsz.h"

namespace midge {
namespace {

void write_field(JsonWriter& out, std::string_view name, const Traffic& traffic) {
    out.key(name)
        .begin_object()
        .field("msgs", traffic.msgs)
        .field("bytes", traffic.bytes)
        .end_object();
}

void write_field(JsonWriter& out, std::string_view name, const DataStats& stats) {
    out.key(name);
    write_json(out, stats);
}

void write_field_oe(JsonWriter& out, std::string_view name, const ConnectionKindCounts& counts) {
    if (counts == ConnectionKindCounts{}) return;
    out.key(name).begin_object().field("clients", counts.clients).field("routes", counts.routes);
    out.field("gateways", counts.gateways).field("leafs", counts.leafs).end_object();
}

}  // namespace

void write_json(JsonWriter& out, const DataStats& stats) {
    out.begin_object().field("msgs", stats.msgs).field("bytes", stats.bytes);
    if (stats.links) {
        write_field(out, "gateways", stats.links->gateways);
        write_field(out, "routes", stats.links->routes);
        write_field(out, "leafs", stats.links->leafs);
    }
    out.end_object();
}

void write_json(JsonWriter& out, const Statsz& statsz) {
    out.begin_object().field("start", rfc3339_nano(statsz.start)).field("mem", statsz.mem_bytes);
    out.field("cores", statsz.cores).field("cpu", statsz.cpu_percent);
    out.field("connections", statsz.connections)
        .field("total_connections", statsz.total_connections);
    out.field("active_accounts", statsz.active_accounts)
        .field("subscriptions", statsz.subscriptions);
    write_field(out, "sent", statsz.sent);
    write_field(out, "sent_to_clients", statsz.sent_to_clients);
    write_field(out, "received", statsz.received);
    write_field(out, "received_from_clients", statsz.received_from_clients);
    out.field("slow_consumers", statsz.slow_consumers);
    write_field_oe(out, "slow_consumer_stats", statsz.slow_consumer_stats);
    out.field_oe("stale_connections", statsz.stale_connections);
    write_field_oe(out, "stale_connection_stats", statsz.stale_connection_stats);
    out.field_oe("stalled_clients", statsz.stalled_clients);
    out.field_oe("active_servers", statsz.active_servers);
    out.field_oe("gomaxprocs", statsz.gomaxprocs).end_object();
}

}  // namespace midge
