#include "event/server_info.h"

#include <sodium.h>

#include <array>

namespace midge {

std::map<std::string, bool> known_feature_flags() {
    return {{"js_ack_fc_v2", false},
            {"js_api_reply_v2", false},
            {"js_raft_delete_range", true},
            {"js_snapshot_sources", false}};
}

void write_json(JsonWriter& out, const ServerInfo& server) {
    out.begin_object().field("name", server.name).field("host", server.host).field("id", server.id);
    out.field_oe("cluster", server.cluster).field_oe("domain", server.domain);
    out.field("ver", server.version);
    if (!server.tags.empty()) {
        out.key("tags").begin_array();
        for (const std::string& tag : server.tags) out.value(tag);
        out.end_array();
    }
    if (!server.metadata.empty()) {
        out.key("metadata").begin_object();
        for (const auto& [name, value] : server.metadata) out.field(name, value);
        out.end_object();
    }
    if (!server.feature_flags.empty()) {
        out.key("feature_flags").begin_object();
        for (const auto& [name, value] : server.feature_flags) out.field(name, value);
        out.end_object();
    }
    out.field("jetstream", server.jetstream).field("flags", server.flags).field("seq", server.seq);
    out.field("time", rfc3339_nano(server.time)).end_object();
}

std::string to_json(const ServerInfo& server) {
    JsonWriter out;
    write_json(out, server);
    return out.take();
}

std::string idz_json(const ServerInfo& server) {
    JsonWriter out;
    out.begin_object().field("name", server.name).field("host", server.host).field("id", server.id);
    return out.end_object().take();
}

std::string node_hash(std::string_view server_name) {
    constexpr std::string_view digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr size_t length = 8;
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
    // The function does not need sodium_init() and cannot fail.
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(server_name.data()),
                       server_name.size());
    std::string out;
    for (size_t i = 0; i < length; ++i) out += digits[hash[i] % digits.size()];
    return out;
}

}  // namespace midge
