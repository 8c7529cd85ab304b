#include "client/client_events.h"

#include "client/client_role.h"
#include "connection/connection.h"

namespace midge {
namespace {

DisconnectEvent disconnect_event(const Connection& connection, const ClientState& client,
                                 CloseReason reason) {
    DisconnectEvent event;
    event.header = EventHeader::make();
    event.client = client_info(connection, client);
    event.client.rtt_nanos = connection.liveness().rtt_nanos();
    event.client.stop = event.header.timestamp;
    event.sent = {static_cast<int64_t>(client.received_messages),
                  static_cast<int64_t>(client.received_bytes)};
    const OutboundCounters out = connection.outbound().counters();
    event.received = {static_cast<int64_t>(out.messages), static_cast<int64_t>(out.bytes)};
    event.reason = reason;
    return event;
}

// Of the server as it is now.
ServerInfoFields server_info(const Connection& connection) {
    const ClientRole& role = client_role(connection);
    ServerInfoFields info = role.info();
    if (info.port == 0) info.port = connection.listener().bound_port;
    info.lame_duck = role.server().lame_duck;
    return info;
}

ConnectionInfoFields connection_info(const Connection& connection) {
    ConnectionInfoFields fields;
    fields.client_id = connection.id();
    if (connection.knows_address()) fields.client_ip = connection.address().ip;
    return fields;
}

}  // namespace

ClientInfo client_info(const Connection& connection, const ClientState& client) {
    ClientInfo info;
    info.start = connection.start_time();
    info.host = connection.address().ip;
    info.id = connection.id();
    const ClientProfile* const profile = client.connect.profile.get();
    if (profile != nullptr) {
        info.name = connection.outbound().peer_name();
        info.lang = profile->lang;
        info.version = profile->version;
        if (profile->shows_jwt && profile->given) info.jwt = profile->given->jwt;
    }
    const LoginGrant& grant = client.grant;
    const Account* const account = grant.account;
    info.account = account != nullptr ? account->name() : global_account_name;
    info.name_tag = account != nullptr ? account->display_name() : global_account_name;
    info.user = !client.connected && profile != nullptr ? profile->offered_user : grant.user;
    info.issuer_key = grant.details().issuer_key;
    info.tags = grant.details().tags;
    info.kind = "Client";
    info.client_type = connection.websocket() != nullptr ? "websocket" : "nats";
    return info;
}

void publish_connect(const Connection& connection, const ClientState& client) {
    const ClientServer& server = client_role(connection).server();
    if (!server.event_demand.any()) return;
    Account& account = *client.grant.account;
    if (!account.is_global()) server.reports.publish_account_conns(account);
    server.events.push(ConnectEvent{EventHeader::make(), client_info(connection, client)});
}

void publish_disconnect(const Connection& connection, const ClientState& client,
                        CloseReason reason) {
    const ClientServer& server = client_role(connection).server();
    if (!server.event_demand.any()) return;
    Account* const account = client.grant.account;
    if (client.connected && account != nullptr && !account->is_global())
        server.reports.publish_account_conns(*account);
    server.events.push(disconnect_event(connection, client, reason));
}

void publish_auth_error(const Connection& connection, const ClientState& client, const Error& why,
                        const LoginCase& how) {
    const ClientServer& server = client_role(connection).server();
    Account* const own = client.grant.account != nullptr
                             ? client.grant.account
                             : server.registry.find(global_account_name);
    Account& account = how.callout != nullptr ? *how.callout : *own;
    if (!server.event_demand.any() && !account.has_subscribers()) return;
    DisconnectEvent event = disconnect_event(connection, client, how.reason);
    if (server.event_demand.any()) server.events.push(AuthErrorEvent{event});
    event.client.account = account.name();
    if (how.callout != nullptr) event.reason_given = why.text;
    server.reports.publish_auth_error(account, event);
}

void send_first_info(Connection& connection, const std::string& nonce) {
    ConnectionInfoFields fields = connection_info(connection);
    fields.nonce = nonce;
    connection.send(info_line(server_info(connection), fields));
}

void send_connect_info(Connection& connection, const ClientState& client) {
    ServerInfoFields info = server_info(connection);
    info.payload_bytes_max = client.limits.payload_bytes_max;
    ConnectionInfoFields fields = connection_info(connection);
    fields.connect_info = true;
    fields.remote_account = client.grant.account->name();
    fields.account_is_system = client.grant.account->is_system();
    connection.send(info_line(info, fields));
}

void send_lame_duck_info(Connection& connection) {
    ServerInfoFields info = server_info(connection);
    info.lame_duck = true;
    connection.send(info_line(info, connection_info(connection)));
}

}  // namespace midge
