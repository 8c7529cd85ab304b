#include "config/block_keys.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/text.h"
#include "config/options_table.h"

namespace midge {
namespace {

constexpr std::string_view wanted_text = "a text";
constexpr std::string_view wanted_flag = "true or false";
constexpr std::string_view wanted_number = "a whole number";
constexpr std::string_view wanted_duration = "a duration such as \"500ms\", \"30s\" or \"2m\"";
constexpr std::string_view wanted_seconds = "a number of seconds, or a duration such as \"2s\"";
constexpr std::string_view wanted_path = "the path of a file";
constexpr std::string_view wanted_subjects = "a subject, or a list of subjects";
constexpr std::string_view wanted_users = "a list of users: [ {user: name, password: text} ]";
constexpr std::string_view wanted_permission_block = "a block { publish: ..., subscribe: ... }";
constexpr std::string_view wanted_account_key = "the public key of an account (A...)";
constexpr std::string_view wanted_flags = "true false yes no on off";

constexpr auto top_keys = std::to_array<BlockKey>({
    {"accounts", "a block { name { ... } }, or a list of names", BlockId::accounts},
    {"authorization", "a block { ... }", BlockId::authorization},
    {"client_limits", "a block { ... }", BlockId::client_limits},
    {"event_sinks", "a list of blocks: [ {plugin: name} ]", BlockId::event_sink},
    {"log_format", "text or json", BlockId::none, "text json"},
    {"mappings maps", "a block { subject: destination }", BlockId::mappings},
    {"proxies", "a block { trusted: [ {key: ...} ] }", BlockId::proxies},
    {"reactor", "epoll or poco", BlockId::none, "epoll poco"},
    {"resolver account_resolver accounts_resolver",
     "MEMORY, URL(...), or a block {type: full, dir: path} or {plugin: name}", BlockId::resolver,
     "MEMORY"},
    {"resolver_preload", "a block { account key: JWT }", BlockId::names},
    {"resolver_tls", "a block { ... }", BlockId::tls},
    {"server_metadata", "a block { name: text }", BlockId::names},
    {"tls", "a block { cert_file: path, key_file: path }", BlockId::tls},
    {"websocket ws", "a block { ... }", BlockId::websocket},
});
constexpr auto accounts_keys =
    std::to_array<BlockKey>({{"*", "a block { users: [ ... ] }", BlockId::account}});
constexpr auto account_keys = std::to_array<BlockKey>({
    {"users", wanted_users, BlockId::user},
    {"nkey", wanted_account_key},
    {"default_permissions", wanted_permission_block, BlockId::permissions},
    {"limits", "a block { max_connections: number, ... }", BlockId::account_limits},
    {"mappings maps", "a block { subject: destination }", BlockId::mappings},
    {"exports", "a list of blocks: [ {stream: subject} {service: subject} ]", BlockId::export_item},
    {"imports", "a list of blocks: [ {stream: {account: name, subject: text}} ]",
     BlockId::import_item},
    {"msg_trace trace_dest", "a subject, or a block {dest: subject, sampling: percent}",
     BlockId::msg_trace},
    {"jetstream", "false"},
});
constexpr auto account_limit_keys = std::to_array<BlockKey>({
    {"max_connections max_conn", wanted_number},
    {"max_subscriptions max_subs", wanted_number},
    {"max_payload max_pay", "a size such as 64KB or 1MB"},
    {"max_leafnodes max_leafs", wanted_number},
});
constexpr auto authorization_keys = std::to_array<BlockKey>({
    {"user username", wanted_text},
    {"password pass", wanted_text},
    {"token", wanted_text},
    {"timeout", wanted_seconds},
    {"users", wanted_users, BlockId::user},
    {"default_permissions default_permission permissions", wanted_permission_block,
     BlockId::permissions},
    {"auth_callout auth_hook", "a block {issuer: account key, auth_users: [ ... ]}",
     BlockId::auth_callout},
    {"proxy_required", wanted_flag, BlockId::none, wanted_flags},
});
constexpr auto callout_keys = std::to_array<BlockKey>({
    {"issuer", wanted_account_key},
    {"account acc", "the name or key of an account"},
    {"auth_users users", "a list of user names or keys"},
    {"xkey key", "a public curve key (X...)"},
    {"allowed_accounts", "a list of accounts"},
});
constexpr auto certificate_keys =
    std::to_array<BlockKey>({{"cert_file", wanted_path}, {"key_file", wanted_path}});
constexpr auto client_limit_keys = std::to_array<BlockKey>({
    {"connections_per_user", wanted_number},
    {"connections_per_ip", wanted_number},
    {"messages_per_second_per_user", wanted_number},
    {"messages_per_second_per_ip", wanted_number},
    {"failed_logins_per_minute", wanted_number},
    {"ban_duration", wanted_duration},
});
constexpr auto event_sink_keys = std::to_array<BlockKey>({
    {"plugin", "the name or path of a plugin"},
    {"instance", wanted_text},
    {"include_jwts", wanted_flag, BlockId::none, wanted_flags},
    {"*", ""},
});
constexpr auto export_keys = std::to_array<BlockKey>({
    {"stream", "a subject"},
    {"service", "a subject"},
    {"accounts", "a list of accounts"},
    {"account_token_position", wanted_number},
    {"response response_type", "Singleton, Stream or Chunked", BlockId::none,
     "Singleton Stream Chunked"},
    {"threshold response_threshold response_max_time response_time", wanted_duration},
    {"latency", "a subject, or a block {sampling: percent, subject: text}", BlockId::latency},
    {"allow_trace", wanted_flag, BlockId::none, wanted_flags},
});
constexpr auto import_keys = std::to_array<BlockKey>({
    {"stream", "a block {account: name, subject: text}", BlockId::import_source},
    {"service", "a block {account: name, subject: text}", BlockId::import_source},
    {"prefix", wanted_text},
    {"to", "a subject"},
    {"share", wanted_flag, BlockId::none, wanted_flags},
    {"allow_trace", wanted_flag, BlockId::none, wanted_flags},
});
constexpr auto import_source_keys =
    std::to_array<BlockKey>({{"account", "the name of an account"}, {"subject", "a subject"}});
constexpr auto latency_keys =
    std::to_array<BlockKey>({{"sampling", "1..100, or headers"}, {"subject", "a subject"}});
constexpr auto mappings_keys = std::to_array<BlockKey>(
    {{"*", "a subject, or a block {destination: subject, weight: percent}, or a list of those",
      BlockId::mapping_destination}});
constexpr auto destination_keys = std::to_array<BlockKey>({
    {"destination dest", "a subject"},
    {"weight", "a percentage, 0..100"},
    {"cluster", wanted_text},
});
constexpr auto msg_trace_keys =
    std::to_array<BlockKey>({{"dest", "a subject"}, {"sampling", "a percentage, 1..100"}});
constexpr auto permission_keys = std::to_array<BlockKey>({
    {"publish pub import", wanted_subjects, BlockId::subject_permission},
    {"subscribe sub export", wanted_subjects, BlockId::subject_permission},
    {"allow_responses publish_allow_responses", "true, false, or a block {max: number, ttl: time}",
     BlockId::response_permission, wanted_flags},
});
constexpr auto proxies_keys =
    std::to_array<BlockKey>({{"trusted", "a list of blocks: [ {key: ...} ]", BlockId::proxy}});
constexpr auto proxy_keys = std::to_array<BlockKey>({{"key public_key", "a public key"}});
constexpr auto resolver_keys = std::to_array<BlockKey>({
    {"type", "full or memory", BlockId::none, "full memory"},
    {"dir", "the path of a folder"},
    {"plugin", "the name or path of a plugin"},
    {"allow_delete", wanted_flag, BlockId::none, wanted_flags},
    {"hard_delete", wanted_flag, BlockId::none, wanted_flags},
    {"limit", wanted_number},
    {"ttl", wanted_duration},
    {"interval", wanted_duration},
    {"timeout", wanted_duration},
    {"*", ""},
});
constexpr auto response_keys = std::to_array<BlockKey>({
    {"max max_msgs max_messages max_responses", wanted_number},
    {"expires expiration ttl", wanted_duration},
});
constexpr auto subject_permission_keys =
    std::to_array<BlockKey>({{"allow", wanted_subjects}, {"deny", wanted_subjects}});
constexpr auto tls_keys = std::to_array<BlockKey>({
    {"cert_file", wanted_path},
    {"key_file", wanted_path},
    {"ca_file", wanted_path},
    {"certs certificates", "a list of blocks: [ {cert_file: path, key_file: path} ]",
     BlockId::certificate},
    {"verify", wanted_flag, BlockId::none, wanted_flags},
    {"verify_and_map", wanted_flag, BlockId::none, wanted_flags},
    {"insecure", wanted_flag, BlockId::none, wanted_flags},
    {"timeout", wanted_seconds},
    {"min_version", "\"1.2\" or \"1.3\", in quotes", BlockId::none, "1.2 1.3"},
    {"cipher_suites", "a list of names"},
    {"allow_insecure_cipher_suites", wanted_flag, BlockId::none, wanted_flags},
    {"curve_preferences", "a list of X25519, CurveP256, CurveP384, CurveP521"},
    {"pinned_certs", "a list of SHA-256 digests in hex"},
    {"connection_rate_limit", wanted_number},
    {"handshake_first first immediate", "true, false, auto, or a duration", BlockId::none,
     "true false auto on off"},
});
constexpr auto user_keys = std::to_array<BlockKey>({
    {"user username", wanted_text},
    {"password pass", wanted_text},
    {"nkey", "the public key of a user (U...)"},
    {"permissions permission authorization", wanted_permission_block, BlockId::permissions},
    {"allowed_connection_types connection_types clients",
     "a list of STANDARD, WEBSOCKET, LEAFNODE, LEAFNODE_WS, MQTT, MQTT_WS, IN_PROCESS",
     BlockId::none, "STANDARD WEBSOCKET LEAFNODE LEAFNODE_WS MQTT MQTT_WS IN_PROCESS"},
    {"proxy_required", wanted_flag, BlockId::none, wanted_flags},
});
constexpr auto websocket_keys = std::to_array<BlockKey>({
    {"listen", "host:port, or a port"},
    {"host net", wanted_text},
    {"port", "a number, -1..65535"},
    {"advertise", wanted_text},
    {"tls", "a block { cert_file: path, key_file: path }", BlockId::tls},
    {"no_tls", wanted_flag, BlockId::none, wanted_flags},
    {"same_origin", wanted_flag, BlockId::none, wanted_flags},
    {"allowed_origins allowed_origin allow_origins allow_origin origins origin",
     "a URL, or a list of URLs"},
    {"handshake_timeout", wanted_seconds},
    {"compression compress", wanted_flag, BlockId::none, wanted_flags},
    {"authorization authentication", "a block {user: name, password: text}",
     BlockId::websocket_authorization},
    {"no_auth_user", wanted_text},
    {"ping_interval", wanted_duration},
    {"jwt_cookie", wanted_text},
    {"user_cookie", wanted_text},
    {"pass_cookie", wanted_text},
    {"token_cookie", wanted_text},
    {"headers", "a block { name: text }", BlockId::names},
});
constexpr auto websocket_authorization_keys =
    std::to_array<BlockKey>({{"user username", wanted_text},
                             {"password pass", wanted_text},
                             {"token", wanted_text},
                             {"timeout", wanted_seconds}});

struct NamedBlock {
    BlockId id;
    std::string_view path;  // for people; empty: the keys are arbitrary
    std::span<const BlockKey> keys;
};

constexpr auto named_blocks = std::to_array<NamedBlock>({
    {BlockId::top, "the top level", top_keys},
    {BlockId::accounts, "", accounts_keys},
    {BlockId::account, "accounts.<name>", account_keys},
    {BlockId::account_limits, "accounts.<name>.limits", account_limit_keys},
    {BlockId::authorization, "authorization", authorization_keys},
    {BlockId::auth_callout, "authorization.auth_callout", callout_keys},
    {BlockId::client_limits, "client_limits", client_limit_keys},
    {BlockId::event_sink, "event_sinks", event_sink_keys},
    {BlockId::export_item, "accounts.<name>.exports", export_keys},
    {BlockId::import_item, "accounts.<name>.imports", import_keys},
    {BlockId::import_source, "accounts.<name>.imports.stream", import_source_keys},
    {BlockId::latency, "accounts.<name>.exports.latency", latency_keys},
    {BlockId::mappings, "", mappings_keys},
    {BlockId::mapping_destination, "mappings.<subject>", destination_keys},
    {BlockId::msg_trace, "accounts.<name>.msg_trace", msg_trace_keys},
    {BlockId::permissions, "permissions", permission_keys},
    {BlockId::proxies, "proxies", proxies_keys},
    {BlockId::proxy, "proxies.trusted", proxy_keys},
    {BlockId::resolver, "resolver", resolver_keys},
    {BlockId::response_permission, "permissions.allow_responses", response_keys},
    {BlockId::subject_permission, "permissions.publish", subject_permission_keys},
    {BlockId::tls, "tls", tls_keys},
    {BlockId::certificate, "tls.certs", certificate_keys},
    {BlockId::user, "users", user_keys},
    {BlockId::websocket, "websocket", websocket_keys},
    {BlockId::websocket_authorization, "websocket.authorization", websocket_authorization_keys},
});

// Names of keys in other programs, and names that people use.
constexpr auto synonyms = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"address", "host"},
    {"addr", "host"},
    {"bind", "host"},
    {"ip", "host"},
    {"auth", "authorization"},
    {"authentication", "authorization"},
    {"ca", "ca_file"},
    {"ca_cert", "ca_file"},
    {"cafile", "ca_file"},
    {"cert", "cert_file"},
    {"certificate", "cert_file"},
    {"certfile", "cert_file"},
    {"key", "key_file"},
    {"keyfile", "key_file"},
    {"private_key", "key_file"},
    {"directory", "dir"},
    {"path", "dir"},
    {"folder", "dir"},
    {"log", "log_file"},
    {"log_level", "debug"},
    {"max_clients", "max_connections"},
    {"max_message_size", "max_payload"},
    {"max_msg_size", "max_payload"},
    {"name", "server_name"},
    {"name", "user"},
    {"login", "user"},
    {"passwd", "password"},
    {"pwd", "password"},
    {"secret", "password"},
    {"perms", "permissions"},
    {"rights", "permissions"},
    {"ssl", "tls"},
    {"sinks", "event_sinks"},
    {"plugins", "event_sinks"},
    {"tracing", "trace"},
    {"verify_client", "verify"},
    {"workers", "threads"},
    {"publisher", "publish"},
    {"subscriber", "subscribe"},
    {"target", "destination"},
});

const NamedBlock* find_block(BlockId id) {
    const auto* const found = std::find_if(named_blocks.begin(), named_blocks.end(),
                                           [&](const NamedBlock& block) { return block.id == id; });
    return found == named_blocks.end() ? nullptr : found;
}

bool has_name(const BlockKey& row, std::string_view key) {
    const auto names = split(row.names, ' ');
    return std::find(names.begin(), names.end(), key) != names.end();
}

bool is_top_key(std::string_view key) {
    const Setting* const setting = find_setting(key);
    return setting != nullptr && setting->name.find('.') == std::string_view::npos;
}

}  // namespace

const BlockKey* find_block_key(BlockId id, std::string_view key) {
    const NamedBlock* const block = find_block(id);
    if (block == nullptr) return nullptr;
    for (const BlockKey& row : block->keys) {
        if (has_name(row, key) || row.names == "*") return &row;
    }
    return nullptr;
}

std::vector<std::string_view> block_keys(BlockId id) {
    std::vector<std::string_view> keys;
    if (id == BlockId::top) {
        for (const Setting& setting : settings()) {
            if (setting.name.find('.') != std::string_view::npos) continue;
            keys.push_back(setting.name);
            keys.insert(keys.end(), setting.aliases.begin(), setting.aliases.end());
        }
        return keys;
    }
    const NamedBlock* const block = find_block(id);
    if (block == nullptr) return keys;
    for (const BlockKey& row : block->keys) {
        for (const std::string_view name : split(row.names, ' ')) keys.push_back(name);
    }
    return keys;
}

std::vector<std::string_view> blocks_with_key(std::string_view key) {
    std::vector<std::string_view> paths;
    if (is_top_key(key)) paths.emplace_back("the top level");
    for (const NamedBlock& block : named_blocks) {
        if (block.id == BlockId::top) continue;
        for (const BlockKey& row : block.keys) {
            if (has_name(row, key)) paths.push_back(block.path);
        }
    }
    return paths;
}

std::string_view key_synonym(BlockId block, std::string_view key) {
    for (const auto& [other, name] : synonyms) {
        if (other != key) continue;
        if (block == BlockId::top ? is_top_key(name) : find_block_key(block, name) != nullptr)
            return name;
    }
    return {};
}

std::string top_level_wants(std::string_view type) {
    if (type == "path or JWT, or list")
        return "the path of a file with a JWT, or a JWT, or a list of those";
    if (type.starts_with("text") && !type.ends_with("json")) return "a " + std::string(type);
    if (type == "duration") return std::string(wanted_duration);
    if (type.starts_with("number")) return "a whole " + std::string(type);
    if (type.starts_with("size in bytes")) {
        return "a size such as 64KB or 1MB" +
               std::string(type.substr(std::string_view("size in bytes").size())) + " bytes";
    }
    if (type.starts_with("duration") || type.starts_with("block") || type.starts_with("list"))
        return "a " + std::string(type);
    return std::string(type);
}

}  // namespace midge
