#include "config/options_table.h"

#include <array>

#include "base/text.h"
#include "config/options_text.h"
#include "config/read_client_limits.h"
#include "config/read_general.h"
#include "config/read_resolver.h"
#include "config/read_tls.h"
#include "config/read_websocket.h"
#include "config/setting_bindings.h"
#include "config/table_builder.h"

namespace midge {
namespace {

std::string shown(std::chrono::milliseconds time) {
    return go_duration(std::chrono::nanoseconds(time).count());
}

constexpr int64_t int32_max = std::numeric_limits<int32_t>::max();
constexpr int64_t int64_max = std::numeric_limits<int64_t>::max();

void add_listener(Table& table) {
    table.section = "connections";
    table.add("listen", "", needs_restart, block("host:port, or a port", read_listen),
              "Address and port that clients connect to, in one text");
    table.add("host", "Host", needs_restart, text(MIDGE_FIELD(host)), "Address to listen on")
        .aliases = {"net"};
    table.add("port", "Port", needs_restart, number(MIDGE_FIELD(port), {-1, 65535, true}),
              "Port to listen on; -1: any free port");
    table.add("client_advertise", "ClientAdvertise", reloads, text(MIDGE_FIELD(client_advertise)),
              "host:port that INFO shows instead of the listening address; without a port, the "
              "listening port is added");
    table.add("proxy_protocol", "ProxyProtocol", needs_restart, flag(MIDGE_FIELD(proxy_protocol)),
              "A connection may begin with a PROXY protocol header (version 1 or 2) that contains "
              "the client's address; use it only if all clients connect through a proxy");
    table.section = "server";
    table.add("server_name", "ServerName", needs_restart,
              block("text without blanks", read_server_name, MIDGE_FIELD(server_name)),
              "Name of the server in INFO and events; empty: the server's id");
    table
        .add("server_tags", "Tags", reloads,
             block("text or list of texts", read_server_tags,
                   [](const Options& o) { return comparable_text(o.server_tags); }),
             "Tags of this server, in lower case; STATSZ shows them, and requests can select "
             "servers by tag")
        .reloaded_as = "tags";
    table
        .add("server_metadata", "Metadata", reloads,
             block("block of texts", read_server_metadata,
                   [](const Options& o) { return comparable_text(o.server_metadata); }),
             "Keys and values that events show for this server")
        .reloaded_as = "metadata";
}

std::string slow_consumers_text(const Options& options) {
    switch (options.slow_consumers) {
        case SlowConsumerPolicy::wait:
            return "";
        case SlowConsumerPolicy::stall:
            return "false";
        case SlowConsumerPolicy::drop:
            return "true";
    }
    return "";
}

void add_limits(Table& table) {
    table.section = "limits";
    table
        .add("max_connections", "MaxConn", reloads,
             block("number", read_max_connections,
                   [](const Options& o) { return fmt::format("{}", o.connections_max); }),
             "Maximum number of client connections; if a reload lowers it, the newest connections "
             "are closed; 0 or -1: no connections")
        .aliases = {"max_conn"};
    table.add("max_control_line", "MaxControlLine", reloads,
              size(MIDGE_FIELD(control_line_bytes_max), {0, int32_max, true}),
              "Maximum length of a protocol line");
    table.add("max_payload", "MaxPayload", reloads,
              size(MIDGE_FIELD(payload_bytes_max), {0, int32_max, true}),
              "Maximum size of a message");
    table.add("max_pending", "MaxPending", needs_restart,
              size(MIDGE_FIELD(pending_bytes_max), {0, int64_max, true}),
              "Maximum number of bytes that wait for a client; with more, the client is closed as "
              "a slow consumer");
    table
        .add("max_subscriptions", "MaxSubs", needs_restart,
             number(MIDGE_FIELD(subscriptions_max), {0}),
             "Maximum number of subscriptions of a connection; 0: unlimited")
        .aliases = {"max_subs"};
    table
        .add("max_subscription_tokens", "MaxSubTokens", needs_restart,
             number(MIDGE_FIELD(subscription_tokens_max), {1, 255}),
             "Maximum number of tokens in the subject of a subscription; 0: unlimited")
        .aliases = {"max_sub_tokens"};
    table.add("ping_interval", "PingInterval", reloads, duration(MIDGE_FIELD(ping_interval)),
              "Time between PINGs to a client");
    table.add("ping_max", "MaxPingsOut", reloads,
              number(MIDGE_FIELD(ping_max), {0, int32_max, true}),
              "Maximum number of unanswered PINGs; with more, the client is closed as stale");
    table.add("write_deadline", "WriteDeadline", reloads, duration(MIDGE_FIELD(write_deadline)),
              "Maximum time for writing to a client; a client that takes longer is closed as a "
              "slow consumer");
    table.add(
        "no_fast_producer_stall", "NoFastProducerStall", reloads,
        block("true or false", read_no_fast_producer_stall, slow_consumers_text),
        "How to treat a subscriber that reads more slowly than others publish. Without this key: "
        "from half of max_pending on, its publishers wait, as long as it keeps reading. false: "
        "from three quarters of max_pending on, its publishers wait for 2 ms at a time, up to 10 "
        "ms per read. true: from three quarters of max_pending on, it misses messages");
    table.add("no_header_support", "NoHeaderSupport", needs_restart,
              block("true or false", read_no_header_support,
                    [](const Options& o) { return o.header_support ? "false" : "true"; }),
              "Refuse messages with headers");
}

void add_client_limits(Table& table) {
    table.section = "limits";
    table.add("client_limits", "ClientLimits", reloads, block("block", read_client_limits),
              "Limits for each user and for each client address; a new limit counts only "
              "connections that are made after it is set");
    const auto count = [&](std::string_view name, std::string_view field,
                           int ClientLimitOptions::*member, std::string_view help) {
        table.add(name, field, reloads,
                  inner("number, 0..2147483647",
                        [member](const Options& o) {
                            return fmt::format("{}", o.client_limits.*member);
                        }),
                  help);
    };
    using Limits = ClientLimitOptions;
    count("client_limits.connections_per_user", "ClientLimits.ConnectionsPerUser",
          &Limits::connections_per_user, "Maximum number of connections of a user; 0: no limit");
    count("client_limits.connections_per_ip", "ClientLimits.ConnectionsPerIP",
          &Limits::connections_per_ip,
          "Maximum number of connections from an address; 0: no limit");
    count("client_limits.messages_per_second_per_user", "ClientLimits.MessagesPerSecondPerUser",
          &Limits::messages_per_second_per_user,
          "Maximum number of messages per second from all connections of a user; beyond it, the "
          "server reads them more slowly; 0: no limit");
    count("client_limits.messages_per_second_per_ip", "ClientLimits.MessagesPerSecondPerIP",
          &Limits::messages_per_second_per_ip,
          "Maximum number of messages per second from all connections of an address; beyond it, "
          "the server reads them more slowly; 0: no limit");
    count("client_limits.failed_logins_per_minute", "ClientLimits.FailedLoginsPerMinute",
          &Limits::failed_logins_per_minute,
          "Maximum number of failed logins per minute from an address; one more bans the address; "
          "0: no limit");
    table.add(
        "client_limits.ban_duration", "ClientLimits.BanDuration", reloads,
        inner("duration", [](const Options& o) { return shown(o.client_limits.ban_duration); }),
        "Time during which a banned address cannot connect");
}

void add_lame_duck(Table& table) {
    table.section = "lame_duck";
    table.add("lame_duck_duration", "LameDuckDuration", needs_restart,
              block("duration, at least 30s", read_lame_duck_duration,
                    [](const Options& o) { return shown(o.lame_duck_duration); }),
              "Lame duck mode: time until the last client is closed");
    table.add(
        "lame_duck_grace_period", "LameDuckGracePeriod", needs_restart,
        block("duration", read_lame_duck_grace_period,
              [](const Options& o) { return shown(o.lame_duck_grace_period); }),
        "Lame duck mode: time until the first client is closed; it is part of lame_duck_duration");
}

void add_logging(Table& table) {
    table.section = "logging";
    table.add("debug", "Debug", reloads, flag(MIDGE_FIELD(log.debug)), "Log at debug level");
    table.add("trace", "Trace", reloads, flag(MIDGE_FIELD(log.trace)), "Log every protocol line");
    table.add("trace_verbose", "TraceVerbose", reloads,
              block("true or false", read_trace_verbose,
                    [](const Options& o) { return o.log.trace_verbose ? "true" : "false"; }),
              "Log every protocol line, including those of the system account");
    table.add("trace_headers", "TraceHeaders", reloads,
              block("true or false", read_trace_headers,
                    [](const Options& o) { return o.log.trace_headers ? "true" : "false"; }),
              "Log every protocol line, but only the headers of messages");
    table.add("logtime", "Logtime", reloads, flag(MIDGE_FIELD(log.time)),
              "Begin each log line with the time");
    table.add("logtime_utc", "LogtimeUTC", reloads, flag(MIDGE_FIELD(log.time_utc)),
              "Log the time in UTC");
    table
        .add("log_file", "LogFile", reloads, text(MIDGE_FIELD(log.file)),
             "Log file; empty: log to standard error")
        .aliases = {"logfile"};
    table
        .add("logfile_size_limit", "LogSizeLimit", needs_restart,
             size(MIDGE_FIELD(log.size_limit), {0, int64_max}),
             "Size at which the log file is rotated; 0: never")
        .aliases = {"log_size_limit"};
    table
        .add("logfile_max_num", "LogMaxFiles", needs_restart,
             number(MIDGE_FIELD(log.max_files), {0}),
             "Number of log files to keep, including the current one; 0: keep all")
        .aliases = {"log_max_num"};
    table.add("logfile_rotate_every", "LogRotateEvery", reloads,
              block("duration, at least 1m", read_logfile_rotate_every,
                    [](const Options& o) { return shown(o.log.rotation_period); }),
              "Interval at which the log file is rotated, counted from midnight UTC; 0s: never");
    table.add("syslog", "Syslog", reloads, flag(MIDGE_FIELD(log.syslog)),
              "Log to the local syslog, if there is no log_file");
    table.add("remote_syslog", "RemoteSyslog", reloads, text(MIDGE_FIELD(log.remote_syslog)),
              "Log to the syslog at this address, if there is no log_file: udp://host:port, "
              "tcp://host:port or unix:///path");
    table.add("log_format", "LogFormat", reloads,
              block("text or json", read_log_format,
                    [](const Options& o) { return o.log.json ? "json" : "text"; }),
              "Format of the log: the lines of nats-server, or one JSON object per line");
    table.add("max_traced_msg_len", "MaxTracedMsgLen", reloads,
              number(MIDGE_FIELD(log.traced_message_bytes_max), {0}),
              "Maximum number of bytes of a message that trace logs; 0: all");
}

void add_tls(Table& table) {
    table.section = "tls";
    const auto part = [&](std::string_view name, std::string type,
                          std::string_view help) -> Setting& {
        return table.add(name, "", reloads, inner(std::move(type)), help);
    };
    table
        .add("tls", "TLSConfig", reloads,
             block("block", read_tls, [](const Options& o) { return comparable_text(o.tls); }),
             "Clients connect by TLS; changed certificate and key files are read again and apply "
             "to new connections")
        .reloaded_as = "tls";
    part("tls.cert_file", "path", "PEM file with the server's certificate first, then its chain");
    part("tls.key_file", "path",
         "PEM file with the private key of the certificate, without a passphrase");
    part("tls.certs", "list of {cert_file, key_file}",
         "Several certificates and keys instead of one")
        .aliases = {"tls.certificates"};
    part("tls.ca_file", "path",
         "PEM file with the authorities that sign client certificates; without it, the authorities "
         "of the operating system");
    part("tls.verify", "true or false", "Clients must present a valid certificate");
    part("tls.verify_and_map", "true or false",
         "Like verify, and the certificate identifies the user: by e-mail address, DNS name, URI "
         "or subject");
    part("tls.timeout", "seconds or duration",
         "Maximum time for the handshake; default: 2 seconds");
    part("tls.min_version", "\"1.2\" or \"1.3\"", "Lowest TLS version");
    part("tls.cipher_suites", "list of names",
         "Allowed cipher suites; if the list has none of TLS 1.3, all suites of TLS 1.3 are "
         "allowed as well");
    part("tls.allow_insecure_cipher_suites", "true or false",
         "cipher_suites may contain weak suites");
    part("tls.curve_preferences", "list of X25519, CurveP256, CurveP384, CurveP521",
         "Curves for the key exchange, in order of preference");
    part("tls.pinned_certs", "list of SHA-256 in hex",
         "Digests of client keys (SubjectPublicKeyInfo); other clients are refused");
    part("tls.connection_rate_limit", "number",
         "Maximum number of new handshakes per second; 0: no limit");
    part("tls.handshake_first", "true, false, auto, or duration",
         "TLS begins before INFO. With auto (50 ms) or a duration, clients that have not begun TLS "
         "in that time get INFO first")
        .aliases = {"tls.first", "tls.immediate"};
    table.add("allow_non_tls", "AllowNonTLS", needs_restart, flag(MIDGE_FIELD(allow_non_tls)),
              "Clients may connect with or without TLS");
}

void add_websocket(Table& table) {
    table.section = "websocket";
    const auto part = [&](std::string_view name, std::string type,
                          std::string_view help) -> Setting& {
        return table.add(name, "", needs_restart, inner(std::move(type)), help);
    };
    Setting& websocket =
        table.add("websocket", "Websocket", needs_restart,
                  block("block", read_websocket,
                        [](const Options& o) { return comparable_text(o.websocket); }),
                  "Listener for browsers and other WebSocket clients");
    websocket.aliases = {"ws"};
    websocket.secret = true;
    part("websocket.listen", "host:port, or a port",
         "Address and port that WebSocket clients connect to, in one text");
    part("websocket.host", "text", "Address to listen on; default: 0.0.0.0").aliases = {
        "websocket.net"};
    part("websocket.port", "number, -1..65535",
         "Port to listen on; -1: any free port; 0: no WebSocket listener");
    part("websocket.advertise", "host:port",
         "Address for WebSocket clients of other servers in the cluster; Midge has no clusters yet "
         "and does not use it");
    table
        .add("websocket.tls", "Websocket.TLSConfig", reloads,
             inner("block as tls",
                   [](const Options& o) { return comparable_text(o.websocket.tls); }),
             "TLS for WebSocket clients; the HTTP request comes after the handshake")
        .reloaded_as = "websocket tls";
    part("websocket.no_tls", "true or false",
         "Listen without TLS; it must be true if there is no tls block");
    part("websocket.same_origin", "true or false",
         "Only web pages with the server's own origin may connect");
    part("websocket.allowed_origins", "URL or list",
         "Only web pages with one of these origins may connect")
        .aliases = {"websocket.allowed_origin", "websocket.allow_origins", "websocket.allow_origin",
                    "websocket.origins", "websocket.origin"};
    part("websocket.handshake_timeout", "seconds or duration",
         "Maximum time for the TLS handshake, and again for the HTTP request; default: 2 seconds");
    part("websocket.compression", "true or false",
         "Compress messages of more than 64 bytes for clients that offer permessage-deflate")
        .aliases = {"websocket.compress"};
    part("websocket.authorization", "block with user, password, token, timeout",
         "User or token for WebSocket clients, instead of those in the block authorization")
        .aliases = {"websocket.authentication"};
    part("websocket.no_auth_user", "text",
         "User for WebSocket clients that log in without credentials");
    part("websocket.ping_interval", "duration",
         "Time between PINGs to a WebSocket client; default: ping_interval of the server");
    part("websocket.jwt_cookie", "text",
         "Name of the cookie with the user JWT, for clients whose CONNECT has none");
    part("websocket.user_cookie", "text",
         "Name of the cookie with the user name, for clients whose CONNECT has none");
    part("websocket.pass_cookie", "text",
         "Name of the cookie with the password, for clients whose CONNECT has none");
    part("websocket.token_cookie", "text",
         "Name of the cookie with the token, for clients whose CONNECT has none");
    part("websocket.headers", "block of texts",
         "Headers to add to the response to the HTTP request");
}

void add_process(Table& table) {
    table.section = "server";
    table
        .add("pid_file", "PidFile", reloads, text(MIDGE_FIELD(pid_file)), "File for the process id")
        .aliases = {"pidfile"};
    table.add("ports_file_dir", "PortsFileDir", reloads, text(MIDGE_FIELD(ports_file_dir)),
              "Folder for a file that lists the listening addresses");
    table.add("threads", "Threads", needs_restart, number(MIDGE_FIELD(threads), {0, 1024}),
              "Number of event loops; 0: one per core");
    table.add("reactor", "Reactor", needs_restart,
              block("epoll or poco", read_reactor, MIDGE_FIELD(reactor)),
              "System interface for watching sockets; empty: the fastest one of this system");
    table.add("plugin_dir", "PluginDir", needs_restart, text(MIDGE_FIELD(plugin_dir)),
              "Folder of plugins that are given by name and not by path; empty: the plugin folder "
              "of the program");
    table.section = "events";
    Setting& sinks = table.add(
        "event_sinks", "EventSinks", reloads,
        block("list of {plugin: name or path, instance, include_jwts, settings}", read_event_sinks,
              [](const Options& o) { return comparable_text(o.event_sinks); }),
        "Plugins that receive system events, in addition to the system account; without "
        "include_jwts: true, events have the hashes of users' JWTs instead of the JWTs");
    sinks.reloaded_as = "event sinks";
    sinks.secret = true;
}

constexpr auto sections = std::to_array<SettingSection>({
    {"server", "name, process and plugins of the server"},
    {"connections", "addresses for clients"},
    {"limits", "sizes, numbers and times of client connections"},
    {"tls", "encryption of client connections"},
    {"websocket", "clients that connect by WebSocket"},
    {"authorization", "users in the configuration"},
    {"accounts", "accounts in the configuration, and the system account"},
    {"operators", "trusted operators, whose users log in with JWTs"},
    {"resolvers", "sources of account JWTs"},
    {"events", "plugins that receive system events"},
    {"logging", "the log"},
    {"lame_duck", "the end of a server without a rush of clients"},
});

std::vector<Setting> make_settings() {
    Table table;
    add_listener(table);
    add_limits(table);
    add_client_limits(table);
    add_lame_duck(table);
    add_logging(table);
    add_login_settings(table);
    add_tls(table);
    add_websocket(table);
    add_process(table);
    return std::move(table.rows);
}

}  // namespace

const std::vector<Setting>& settings() {
    static const std::vector<Setting> all = make_settings();
    return all;
}

std::span<const SettingSection> setting_sections() {
    return sections;
}

const Setting* find_setting(std::string_view key) {
    for (const Setting& row : settings()) {
        if (equals_ignore_case(row.name, key)) return &row;
        for (const std::string_view alias : row.aliases) {
            if (equals_ignore_case(alias, key)) return &row;
        }
    }
    return nullptr;
}

}  // namespace midge
