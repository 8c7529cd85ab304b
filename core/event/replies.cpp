#include "event/replies.h"

namespace midge {
namespace {

// Returns a writer with {"server":... ; the caller adds its member and ends the object.
JsonWriter begin_reply(const ServerInfo& server) {
    JsonWriter out;
    out.begin_object().key("server");
    write_json(out, server);
    return out;
}

void write_error(JsonWriter& out, const ApiError& error) {
    out.key("error").begin_object().field("code", error.code);
    out.field_oe("err_code", unsigned{error.err_code}).field_oe("description", error.description);
    out.end_object();
}

void write_strings(JsonWriter& out, const std::vector<std::string>& texts) {
    out.begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void write_permission(JsonWriter& out, std::string_view name,
                      const std::optional<UserInfoSubjects>& permission) {
    out.key(name);
    if (!permission) {
        out.null();
        return;
    }
    out.begin_object();
    if (!permission->allow.empty()) {
        out.key("allow");
        write_strings(out, permission->allow);
    }
    if (!permission->deny.empty()) {
        out.key("deny");
        write_strings(out, permission->deny);
    }
    out.end_object();
}

void write_permissions(JsonWriter& out, const UserInfoPermissions& permissions) {
    out.begin_object();
    write_permission(out, "publish", permissions.publish);
    write_permission(out, "subscribe", permissions.subscribe);
    if (permissions.responses) {
        out.key("responses").begin_object().field("max", permissions.responses->msgs_max);
        out.field("ttl", permissions.responses->ttl_nanos).end_object();
    }
    out.end_object();
}

}  // namespace

std::string data_reply_json(const ServerInfo& server, std::string_view data_json) {
    return begin_reply(server).key("data").raw(data_json).end_object().take();
}

std::string empty_reply_json(const ServerInfo& server) {
    return begin_reply(server).end_object().take();
}

std::string page_error_reply_json(const ServerInfo& server, const ApiError& error) {
    JsonWriter out = begin_reply(server);
    out.key("data").null();
    write_error(out, error);
    return out.end_object().take();
}

std::string error_reply_json(const ServerInfo& server, const ApiError& error) {
    JsonWriter out = begin_reply(server);
    write_error(out, error);
    return out.end_object().take();
}

std::string plugins_data_json(const std::vector<ComponentReport>& reports) {
    const auto health_name = [](Health health) -> std::string_view {
        return health == Health::ok ? "ok" : health == Health::degraded ? "degraded" : "down";
    };
    JsonWriter out;
    out.begin_object().key("plugins").begin_array();
    for (const ComponentReport& report : reports) {
        out.begin_object().field("kind", report.kind).field("instance", report.instance);
        out.field("plugin", report.plugin).field("version", report.version);
        out.field("health", health_name(report.health)).field("text", report.text);
        out.key("metrics").begin_object();
        for (const auto& [name, value] : report.metrics) out.field(name, value);
        out.end_object().end_object();
    }
    return out.end_array().end_object().take();
}

std::string statsz_reply_json(const ServerInfo& server, const Statsz& statsz) {
    return to_json(StatszEvent{statsz}, server);
}

std::string account_statz_reply_json(const ServerInfo& server,
                                     const std::vector<AccountStat>& stats) {
    JsonWriter out = begin_reply(server);
    out.key("data").begin_object().field("server_id", server.id);
    out.field("now", rfc3339_nano(server.time)).key("account_statz").begin_array();
    for (const AccountStat& stat : stats) {
        out.begin_object();
        write_fields(out, stat);
        out.end_object();
    }
    return out.end_array().end_object().end_object().take();
}

std::string user_info_reply_json(const ServerInfo& server, const UserInfo& info) {
    JsonWriter out = begin_reply(server);
    out.key("data").begin_object().field("user", info.user).field("account", info.account);
    out.field_oe("account_name", info.account_name).field_oe("user_name", info.user_name);
    if (info.permissions) {
        out.key("permissions");
        write_permissions(out, *info.permissions);
    }
    return out.field_oe("expires", info.expires_nanos).end_object().end_object().take();
}

std::string claims_reply_json(const ServerInfo& server, const ClaimsReply& reply) {
    JsonWriter out = begin_reply(server);
    out.key("data").begin_object().field_oe("account", reply.account);
    out.field("code", reply.code).field("message", reply.message);
    return out.end_object().end_object().take();
}

std::string claims_error_json(const ServerInfo& server, const ClaimsError& error) {
    JsonWriter out = begin_reply(server);
    out.key("error").begin_object().field_oe("account", error.account);
    out.field("code", error.code).field("description", error.description);
    return out.end_object().end_object().take();
}

std::string claims_list_json(const ServerInfo& server, const std::vector<std::string>& accounts) {
    JsonWriter out;
    // Unlike the other replies, nats-server sorts these two members by name.
    out.begin_object().key("data");
    write_strings(out, accounts);
    out.key("server");
    write_json(out, server);
    return out.end_object().take();
}

std::string account_conns_request_json(const ServerInfo& server, std::string_view account) {
    return begin_reply(server).field("acc", account).end_object().take();
}

}  // namespace midge
