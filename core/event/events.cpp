#include "event/events.h"

#include <sodium.h>

#include "base/encoding.h"

namespace midge {
namespace {

// Most events with a user JWT of usual size fit; the buffer grows for larger ones.
constexpr size_t event_json_bytes = 2048;

void write_strings_oe(JsonWriter& out, std::string_view name,
                      const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out.key(name).begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void write_time_oe(JsonWriter& out, std::string_view name, WallNanos time) {
    if (time != 0) out.field(name, rfc3339_nano(time));
}

void write_traffic(JsonWriter& out, std::string_view name, const Traffic& traffic) {
    out.key(name)
        .begin_object()
        .field("msgs", traffic.msgs)
        .field("bytes", traffic.bytes)
        .end_object();
}

// Begins the object of a typed event: type, id, timestamp, server.
void begin_typed(JsonWriter& out, std::string_view type, const EventHeader& header,
                 const ServerInfo& server) {
    out.reserve(event_json_bytes);
    out.begin_object().field("type", type).field("id", header.id);
    out.field("timestamp", rfc3339_nano(header.timestamp)).key("server");
    write_json(out, server);
}

}  // namespace

std::string jwt_hash(std::string_view jwt) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(jwt.data()), jwt.size());
    return "sha256:" + hex_encode(hash);
}

void write_json(JsonWriter& out, const ClientInfo& client, JwtForm jwt) {
    out.begin_object();
    write_time_oe(out, "start", client.start);
    out.field_oe("host", client.host).field_oe("id", client.id).field_oe("acc", client.account);
    out.field_oe("svc", client.service).field_oe("user", client.user).field_oe("name", client.name);
    out.field_oe("lang", client.lang).field_oe("ver", client.version);
    out.field_oe("rtt", client.rtt_nanos).field_oe("server", client.server);
    out.field_oe("cluster", client.cluster);
    write_strings_oe(out, "alts", client.alternates);
    write_time_oe(out, "stop", client.stop);
    if (jwt == JwtForm::whole) {
        out.field_oe("jwt", client.jwt);
    } else if (!client.jwt.empty()) {
        out.field("jwt_hash", jwt_hash(client.jwt));
    }
    out.field_oe("issuer_key", client.issuer_key).field_oe("name_tag", client.name_tag);
    write_strings_oe(out, "tags", client.tags);
    out.field_oe("kind", client.kind).field_oe("client_type", client.client_type);
    out.field_oe("client_id", client.client_id).field_oe("nonce", client.nonce);
    out.field_oe("reply", client.reply).end_object();
}

void write_fields(JsonWriter& out, const AccountStat& stat) {
    out.field("acc", stat.account).field("name", stat.name).field("conns", stat.conns);
    out.field("leafnodes", stat.leafnodes).field("total_conns", stat.total_conns);
    out.field("num_subscriptions", stat.num_subscriptions).key("sent");
    write_json(out, stat.sent);
    out.key("received");
    write_json(out, stat.received);
    out.field("slow_consumers", stat.slow_consumers);
}

std::string to_json(const ConnectEvent& event, const ServerInfo& server, JwtForm jwt) {
    JsonWriter out;
    begin_typed(out, connect_event_type, event.header, server);
    out.key("client");
    write_json(out, event.client, jwt);
    return out.end_object().take();
}

std::string to_json(const DisconnectEvent& event, const ServerInfo& server, JwtForm jwt) {
    JsonWriter out;
    begin_typed(out, disconnect_event_type, event.header, server);
    out.key("client");
    write_json(out, event.client, jwt);
    write_traffic(out, "sent", event.sent);
    write_traffic(out, "received", event.received);
    return out
        .field("reason", event.reason_given.empty() ? reason_text(event.reason)
                                                    : std::string_view(event.reason_given))
        .end_object()
        .take();
}

std::string to_json(const AccountConnsEvent& event, const ServerInfo& server) {
    JsonWriter out;
    begin_typed(out, account_conns_event_type, event.header, server);
    write_fields(out, event.stat);
    return out.end_object().take();
}

std::string to_json(const StatszEvent& event, const ServerInfo& server) {
    JsonWriter out;
    out.begin_object().key("server");
    write_json(out, server);
    out.key("statsz");
    write_json(out, event.statsz);
    return out.end_object().take();
}

std::string to_json(const ConfigReloadEvent& event, const ServerInfo& server) {
    JsonWriter out;
    begin_typed(out, config_reload_event_type, event.header, server);
    out.field_oe("config_digest", event.digest);
    write_strings_oe(out, "applied", event.applied);
    write_strings_oe(out, "needs_restart", event.needs_restart);
    return out.field_oe("error", event.error).end_object().take();
}

}  // namespace midge
