#include "protocol/info.h"

#include "base/json_writer.h"

namespace midge {
namespace {
constexpr int protocol_version = 1;
constexpr int jetstream_api_level = 5;  // sent even without JetStream
}  // namespace

std::string info_line(const ServerInfoFields& server, const ConnectionInfoFields& connection) {
    JsonWriter json;
    json.begin_object()
        .field("server_id", server.server_id)
        .field("server_name", server.server_name)
        .field("version", server.version)
        .field("proto", protocol_version)
        .field("go", "")
        .field("host", server.host)
        .field("port", server.port)
        .field("headers", server.headers)
        .field_oe("auth_required", server.auth_required)
        .field_oe("tls_required", server.tls_required)
        .field_oe("tls_verify", server.tls_verify)
        .field_oe("tls_available", server.tls_available)
        .field("max_payload", server.payload_bytes_max)
        .field_oe("client_id", connection.client_id)
        .field_oe("client_ip", connection.client_ip)
        .field_oe("nonce", connection.nonce)
        .field_oe("ldm", server.lame_duck)
        .field_oe("connect_info", connection.connect_info)
        .field_oe("remote_account", connection.remote_account)
        .field_oe("acc_is_sys", connection.account_is_system)
        .field("api_lvl", jetstream_api_level)
        .field_oe("xkey", server.xkey)
        .end_object();
    return "INFO " + json.take() + " \r\n";
}

}  // namespace midge
