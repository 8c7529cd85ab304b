#include "config/options_table.h"

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
    table.add("listen", "", needs_restart, block("host:port, or a port", read_listen),
              "Where clients connect: host and port in one");
    table.add("host", "Host", needs_restart, text(MIDGE_FIELD(host)), "Address to listen on")
        .aliases = {"net"};
    table.add("port", "Port", needs_restart, number(MIDGE_FIELD(port), {-1, 65535, true}),
              "Port to listen on; -1: any free one");
    table.add("client_advertise", "ClientAdvertise", reloads, text(MIDGE_FIELD(client_advertise)),
              "host:port in INFO instead of the address listened on; without a port, that one");
    table.add("proxy_protocol", "ProxyProtocol", needs_restart, flag(MIDGE_FIELD(proxy_protocol)),
              "A connection may begin with a PROXY protocol header (version 1 or 2), which says "
              "where the client is; for listeners that only proxies reach");
    table.add("server_name", "ServerName", needs_restart,
              block("text without blanks", read_server_name, MIDGE_FIELD(server_name)),
              "Name in INFO and events; empty: the server's id");
    table
        .add("server_tags", "Tags", reloads,
             block("text or list of texts", read_server_tags,
                   [](const Options& o) { return comparable_text(o.server_tags); }),
             "Tags in STATSZ and for requests to some servers; kept in lower case")
        .reloaded_as = "tags";
    table
        .add("server_metadata", "Metadata", reloads,
             block("block of texts", read_server_metadata,
                   [](const Options& o) { return comparable_text(o.server_metadata); }),
             "Keys and values that events show with this server")
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
    table
        .add("max_connections", "MaxConn", reloads,
             block("number", read_max_connections,
                   [](const Options& o) { return fmt::format("{}", o.connections_max); }),
             "Clients at a time; on a decrease the newest are closed; 0 or -1: none")
        .aliases = {"max_conn"};
    table.add("max_control_line", "MaxControlLine", reloads,
              size(MIDGE_FIELD(control_line_bytes_max), {0, int32_max, true}),
              "Length of a protocol line");
    table.add("max_payload", "MaxPayload", reloads,
              size(MIDGE_FIELD(payload_bytes_max), {0, int32_max, true}), "Size of a message");
    table.add("max_pending", "MaxPending", needs_restart,
              size(MIDGE_FIELD(pending_bytes_max), {0, int64_max, true}),
              "Bytes that may wait for a client before it is closed as slow");
    table
        .add("max_subscriptions", "MaxSubs", needs_restart,
             number(MIDGE_FIELD(subscriptions_max), {0}),
             "Subscriptions of one connection; 0: unlimited")
        .aliases = {"max_subs"};
    table
        .add("max_subscription_tokens", "MaxSubTokens", needs_restart,
             number(MIDGE_FIELD(subscription_tokens_max), {1, 255}),
             "Tokens in the subject of a subscription; 0: unlimited")
        .aliases = {"max_sub_tokens"};
    table.add("ping_interval", "PingInterval", reloads, duration(MIDGE_FIELD(ping_interval)),
              "Time between PINGs to a client");
    table.add("ping_max", "MaxPingsOut", reloads,
              number(MIDGE_FIELD(ping_max), {0, int32_max, true}),
              "PINGs without answer before a client is closed as stale");
    table.add("write_deadline", "WriteDeadline", reloads, duration(MIDGE_FIELD(write_deadline)),
              "Time a client has to take what is sent to it");
    table.add("no_fast_producer_stall", "NoFastProducerStall", reloads,
              block("true or false", read_no_fast_producer_stall, slow_consumers_text),
              "What becomes of a client for which over three quarters of max_pending wait: with "
              "false its publishers are held up for 2 ms at a time, up to 10 ms each read, with "
              "true it misses messages; without this key its publishers are held back from half "
              "of max_pending on, as long as it goes on reading");
    table.add("no_header_support", "NoHeaderSupport", needs_restart,
              block("true or false", read_no_header_support,
                    [](const Options& o) { return o.header_support ? "false" : "true"; }),
              "Refuse messages with headers");
}

void add_client_limits(Table& table) {
    table.add("client_limits", "ClientLimits", reloads, block("block", read_client_limits),
              "Limits for each user and each address that clients connect from; new connections "
              "are counted from when a limit is set");
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
          &Limits::connections_per_user, "Connections of one user at a time; 0: no limit");
    count("client_limits.connections_per_ip", "ClientLimits.ConnectionsPerIP",
          &Limits::connections_per_ip, "Connections from one address at a time; 0: no limit");
    count("client_limits.messages_per_second_per_user", "ClientLimits.MessagesPerSecondPerUser",
          &Limits::messages_per_second_per_user,
          "Messages that all connections of a user publish in a second; who sends more is read "
          "slower; 0: no limit");
    count("client_limits.messages_per_second_per_ip", "ClientLimits.MessagesPerSecondPerIP",
          &Limits::messages_per_second_per_ip,
          "Messages that all connections from an address publish in a second; 0: no limit");
    count("client_limits.failed_logins_per_minute", "ClientLimits.FailedLoginsPerMinute",
          &Limits::failed_logins_per_minute,
          "Failed logins from one address in a minute; one more bans it; 0: no limit");
    table.add(
        "client_limits.ban_duration", "ClientLimits.BanDuration", reloads,
        inner("duration", [](const Options& o) { return shown(o.client_limits.ban_duration); }),
        "Time for which a banned address may not connect");
}

void add_lame_duck(Table& table) {
    table.add("lame_duck_duration", "LameDuckDuration", needs_restart,
              block("duration, at least 30s", read_lame_duck_duration,
                    [](const Options& o) { return shown(o.lame_duck_duration); }),
              "Lame duck mode: time until the last client is closed");
    table.add("lame_duck_grace_period", "LameDuckGracePeriod", needs_restart,
              block("duration", read_lame_duck_grace_period,
                    [](const Options& o) { return shown(o.lame_duck_grace_period); }),
              "Lame duck mode: time before the first client is closed, part of the duration");
}

void add_logging(Table& table) {
    table.add("debug", "Debug", reloads, flag(MIDGE_FIELD(log.debug)), "Log at debug level");
    table.add("trace", "Trace", reloads, flag(MIDGE_FIELD(log.trace)), "Log every protocol line");
    table.add("trace_verbose", "TraceVerbose", reloads,
              block("true or false", read_trace_verbose,
                    [](const Options& o) { return o.log.trace_verbose ? "true" : "false"; }),
              "Trace, the system account too");
    table.add("trace_headers", "TraceHeaders", reloads,
              block("true or false", read_trace_headers,
                    [](const Options& o) { return o.log.trace_headers ? "true" : "false"; }),
              "Trace, of messages only the headers");
    table.add("logtime", "Logtime", reloads, flag(MIDGE_FIELD(log.time)),
              "Begin log lines with the time");
    table.add("logtime_utc", "LogtimeUTC", reloads, flag(MIDGE_FIELD(log.time_utc)),
              "Log the time in UTC");
    table
        .add("log_file", "LogFile", reloads, text(MIDGE_FIELD(log.file)),
             "File for the log; empty: standard error")
        .aliases = {"logfile"};
    table
        .add("logfile_size_limit", "LogSizeLimit", needs_restart,
             size(MIDGE_FIELD(log.size_limit), {0, int64_max}),
             "Size at which the log file is rotated; 0: never")
        .aliases = {"log_size_limit"};
    table
        .add("logfile_max_num", "LogMaxFiles", needs_restart,
             number(MIDGE_FIELD(log.max_files), {0}),
             "Log files kept, the current one included; 0: all")
        .aliases = {"log_max_num"};
    table.add("logfile_rotate_every", "LogRotateEvery", reloads,
              block("duration, at least 1m", read_logfile_rotate_every,
                    [](const Options& o) { return shown(o.log.rotation_period); }),
              "Time after which the log file is rotated, counted from midnight UTC; 0s: never");
    table.add("syslog", "Syslog", reloads, flag(MIDGE_FIELD(log.syslog)),
              "Log to the syslog of this machine, if no file is named");
    table.add("remote_syslog", "RemoteSyslog", reloads, text(MIDGE_FIELD(log.remote_syslog)),
              "Log to this syslog, if no file is named: udp://host:port, tcp://host:port or "
              "unix:///path");
    table.add("log_format", "LogFormat", reloads,
              block("text or json", read_log_format,
                    [](const Options& o) { return o.log.json ? "json" : "text"; }),
              "Form of log lines: as nats-server's, or a JSON object each");
    table.add("max_traced_msg_len", "MaxTracedMsgLen", reloads,
              number(MIDGE_FIELD(log.traced_message_bytes_max), {0}),
              "Bytes of a message that a trace shows; 0: all");
}

void add_tls(Table& table) {
    const auto part = [&](std::string_view name, std::string type,
                          std::string_view help) -> Setting& {
        return table.add(name, "", reloads, inner(std::move(type)), help);
    };
    table
        .add("tls", "TLSConfig", reloads,
             block("block", read_tls, [](const Options& o) { return comparable_text(o.tls); }),
             "Clients connect by TLS; files that change are read again, for new connections")
        .reloaded_as = "tls";
    part("tls.cert_file", "path", "The server's certificate in PEM, then those up to its root");
    part("tls.key_file", "path", "Its key in PEM, without passphrase");
    part("tls.certs", "list of {cert_file, key_file}", "Several certificates instead of one")
        .aliases = {"tls.certificates"};
    part("tls.ca_file", "path",
         "Whose client certificates are good; else the system's authorities'");
    part("tls.verify", "true or false", "No client without a certificate");
    part("tls.verify_and_map", "true or false",
         "As verify; the certificate names the user: by e-mail, DNS name, URI, or subject");
    part("tls.timeout", "seconds or duration", "Time for the handshake; 2 seconds if not given");
    part("tls.min_version", "\"1.2\" or \"1.3\"", "Oldest version of TLS that is spoken");
    part("tls.cipher_suites", "list of names",
         "Suites that are spoken; if none of TLS 1.3 is among them, all of 1.3 beside them");
    part("tls.allow_insecure_cipher_suites", "true or false",
         "Lets cipher_suites name those that are known as weak");
    part("tls.curve_preferences", "list of X25519, CurveP256, CurveP384, CurveP521",
         "Key exchange, the preferred first");
    part("tls.pinned_certs", "list of SHA-256 in hex",
         "Only clients whose key (SubjectPublicKeyInfo) has one of these digests");
    part("tls.connection_rate_limit", "number",
         "Handshakes that may begin in a second; 0: any number");
    part("tls.handshake_first", "true, false, auto, or duration",
         "TLS before INFO; with auto (50 ms) or a duration INFO comes after that for who waits for "
         "it")
        .aliases = {"tls.first", "tls.immediate"};
    table.add("allow_non_tls", "AllowNonTLS", needs_restart, flag(MIDGE_FIELD(allow_non_tls)),
              "Clients may connect with and without TLS");
}

void add_websocket(Table& table) {
    const auto part = [&](std::string_view name, std::string type,
                          std::string_view help) -> Setting& {
        return table.add(name, "", needs_restart, inner(std::move(type)), help);
    };
    Setting& websocket =
        table.add("websocket", "Websocket", needs_restart,
                  block("block", read_websocket,
                        [](const Options& o) { return comparable_text(o.websocket); }),
                  "A listener for browsers and other clients that speak WebSocket");
    websocket.aliases = {"ws"};
    websocket.secret = true;
    part("websocket.listen", "host:port, or a port", "Where they connect: host and port in one");
    part("websocket.host", "text", "Address to listen on; 0.0.0.0 if not given").aliases = {
        "websocket.net"};
    part("websocket.port", "number, -1..65535", "Port to listen on; -1: any free one; 0: none");
    part("websocket.advertise", "host:port",
         "What other servers would tell WebSocket clients; without any, nobody is told");
    table
        .add("websocket.tls", "Websocket.TLSConfig", reloads,
             inner("block as tls",
                   [](const Options& o) { return comparable_text(o.websocket.tls); }),
             "TLS, which is expected before the HTTP request")
        .reloaded_as = "websocket tls";
    part("websocket.no_tls", "true or false", "Must be true where there is no tls block");
    part("websocket.same_origin", "true or false",
         "Pages of another origin than the server's own may not connect");
    part("websocket.allowed_origins", "URL or list", "Only pages of these origins may connect")
        .aliases = {"websocket.allowed_origin", "websocket.allow_origins", "websocket.allow_origin",
                    "websocket.origins", "websocket.origin"};
    part("websocket.handshake_timeout", "seconds or duration",
         "Time for TLS, and for the HTTP request; 2 seconds if not given");
    part("websocket.compression", "true or false",
         "Messages of over 64 bytes are compressed for clients that offer permessage-deflate")
        .aliases = {"websocket.compress"};
    part("websocket.authorization", "block with user, password, token, timeout",
         "The single user or token of this listener instead of the server's")
        .aliases = {"websocket.authentication"};
    part("websocket.no_auth_user", "text", "User that a client without credentials becomes here");
    part("websocket.ping_interval", "duration", "Time between PINGs to a client, if not the usual");
    part("websocket.jwt_cookie", "text", "Cookie that holds the user's JWT if CONNECT does not");
    part("websocket.user_cookie", "text", "The same for the user name");
    part("websocket.pass_cookie", "text", "The same for the password");
    part("websocket.token_cookie", "text", "The same for the token");
    part("websocket.headers", "block of texts", "Headers for the answer to the HTTP request");
}

void add_process(Table& table) {
    table
        .add("pid_file", "PidFile", reloads, text(MIDGE_FIELD(pid_file)), "File for the process id")
        .aliases = {"pidfile"};
    table.add("ports_file_dir", "PortsFileDir", reloads, text(MIDGE_FIELD(ports_file_dir)),
              "Folder for a file that lists the addresses listened on");
    table.add("threads", "Threads", needs_restart, number(MIDGE_FIELD(threads), {0, 1024}),
              "Event loops; 0: one for each core");
    table.add("reactor", "Reactor", needs_restart,
              block("epoll or poco", read_reactor, MIDGE_FIELD(reactor)),
              "How sockets are watched; empty: the system's best");
    table.add("plugin_dir", "PluginDir", needs_restart, text(MIDGE_FIELD(plugin_dir)),
              "Folder of the plugins that are named without a path; empty: the program's own");
    Setting& sinks =
        table.add("event_sinks", "EventSinks", reloads,
                  block("list of {plugin: name or path, settings}", read_event_sinks,
                        [](const Options& o) { return comparable_text(o.event_sinks); }),
                  "Where system events go besides the system account");
    sinks.reloaded_as = "event sinks";
    sinks.secret = true;
}

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
