#pragma once
// The result of the configuration file, the command line and the defaults. Plain values;
// core/config fills them in, and the broker and the service read them.
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/account_options.h"

namespace midge {

// Allowed and denied subjects. An absent allow list allows everything; deny entries have priority
// (docs/protocol/login.md, Permissions).
struct SubjectRules {
    std::optional<std::vector<std::string>> allow;
    std::vector<std::string> deny;
};

struct ResponseRule {
    int max_messages = 1;                                        // negative: unlimited
    std::chrono::nanoseconds expires = std::chrono::minutes(2);  // negative: never
};

struct PermissionRules {
    SubjectRules publish;
    SubjectRules subscribe;  // entries may be "subject queue"
    std::optional<ResponseRule> responses;
};

struct UserOptions {
    std::string name;      // empty for an nkey user
    std::string password;  // plain or bcrypt
    std::string nkey;      // "U...", empty for a password user
    std::optional<PermissionRules> permissions;
    std::optional<std::vector<std::string>> allowed_connection_types;  // upper case
    std::string account = {};                                          // empty: "$G"
    bool proxy_required = false;  // may log in only through a trusted proxy
};

// A callout service decides about logins, by signed answers (docs/protocol/configuration.md, Auth
// callout block).
struct AuthCalloutOptions {
    std::string issuer;                   // "A...": signs the answers and the users in them
    std::string account = "$G";           // account of the service
    std::vector<std::string> auth_users;  // names and nkeys that log in without the service
    // "X...": the key for which requests are sealed; empty: they are not sealed.
    std::string xkey;
    // If not empty, users of accounts that are not listed log in without the service.
    std::vector<std::string> allowed_accounts;
};

struct AuthorizationOptions {
    std::string user;
    std::string password;
    std::string token;
    std::vector<UserOptions> users;
    std::optional<PermissionRules> default_permissions;
    std::optional<AuthCalloutOptions> callout;
    bool proxy_required = false;  // for the only user or the token
    // Time for a client to authenticate after it was accepted and has finished its TLS handshake.
    std::chrono::milliseconds timeout = std::chrono::seconds(2);
    bool timeout_given = false;
};

struct TlsCertificateOptions {
    std::string certificate_file;
    std::string key_file;
};

// When a client of a TLS listener gets INFO: before the handshake, after it, or before it unless
// the client starts the handshake within the delay.
enum class HandshakeOrder : uint8_t { info_first, handshake_first, handshake_or_info };

// A tls block of a listener (docs/protocol/configuration.md, TLS block).
struct TlsOptions {
    std::vector<TlsCertificateOptions> certificates;
    std::string ca_file;
    bool verify = false;
    bool verify_and_map = false;
    std::chrono::milliseconds timeout = std::chrono::seconds(2);  // for the handshake
    std::vector<std::string> cipher_suites;                       // IANA names
    std::vector<std::string> curves;                              // with nats-server's names
    bool tls13_only = false;
    std::vector<std::string> pinned_certificates;  // lower case hex
    int handshakes_per_second_max = 0;             // 0: any number
    HandshakeOrder order = HandshakeOrder::info_first;
    std::chrono::milliseconds info_delay = std::chrono::milliseconds(50);  // for handshake_or_info
};

// A resolver plugin with its settings as JSON text. Resolvers are asked in their order in the list.
struct ResolverOptions {
    static constexpr const char* memory_plugin = "resolver-memory";
    std::string plugin;    // "resolver-url", "resolver-memory", "resolver-dir", or an absolute path
    std::string instance;  // name for logs and reports; empty: derived from the plugin's name
    std::string config_json = "{}";
    std::chrono::milliseconds timeout = std::chrono::milliseconds(1900);  // for one fetch
    // Position for error messages about this entry: "server.conf:4:1".
    std::string where;
};

struct EventSinkOptions {
    std::string plugin;         // "sink-file" or an absolute path
    std::string instance;       // as in ResolverOptions
    bool include_jwts = false;  // of users, in its events; if not, their hashes
    std::string config_json = "{}";
    std::string where;
};

struct LogOptions {
    bool debug = false;
    bool trace = false;
    bool trace_verbose = false;
    bool trace_headers = false;
    bool time = true;
    bool time_utc = false;
    std::string file;     // empty: standard error
    bool syslog = false;  // the syslog of this machine, if there is no log file
    // "udp://host:port", "tcp://...", "unix:///path"; has priority over syslog.
    std::string remote_syslog;
    bool json = false;
    int64_t size_limit = 0;  // bytes; 0: no rotation
    // Alog file contains only lines of one such period; 0: any time.
    std::chrono::seconds rotation_period{0};
    int max_files = 0;  // rotated files kept; 0: all
    int traced_message_bytes_max = 0;
};

// Limits for each user and each client address, which only Midge has; 0: no limit.
struct ClientLimitOptions {
    int connections_per_user = 0;
    int connections_per_ip = 0;
    int messages_per_second_per_user = 0;  // published by all connections together
    int messages_per_second_per_ip = 0;
    int failed_logins_per_minute = 0;  // from one address; one more bans the address
    std::chrono::milliseconds ban_duration = std::chrono::minutes(1);

    [[nodiscard]] bool any_per_user() const noexcept {
        return connections_per_user > 0 || messages_per_second_per_user > 0;
    }
    [[nodiscard]] bool any_per_ip() const noexcept {
        return connections_per_ip > 0 || messages_per_second_per_ip > 0 ||
               failed_logins_per_minute > 0;
    }
};

// The listener for WebSocket clients (docs/protocol/configuration.md, WebSocket block).
struct WebsocketOptions {
    std::string host = "0.0.0.0";
    int port = 0;  // 0: no listener; -1: any free port
    std::string advertise;
    std::optional<TlsOptions> tls;
    bool no_tls = false;  // must be set explicitly, because browsers send passwords
    bool same_origin = false;
    std::vector<std::string> allowed_origins;
    // For each of TLS and HTTP.
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(2);
    bool compression = false;
    // Used instead of the settings for other clients; empty: the same as for those.
    std::string user;
    std::string password;
    std::string token;
    std::optional<std::chrono::milliseconds> auth_timeout;
    std::string no_auth_user;
    std::optional<std::chrono::milliseconds> ping_interval;
    // Names of cookies with values that a CONNECT omits; empty: none.
    std::string jwt_cookie;
    std::string user_cookie;
    std::string password_cookie;
    std::string token_cookie;
    std::map<std::string, std::string> headers;  // headers of the response to the upgrade
};

// How a client that does not read is treated before it is closed at max_pending or the write
// deadline.
enum class SlowConsumerPolicy : uint8_t {
    wait,   // publishers wait for it as long as it keeps reading; only Midge has this policy
    stall,  // publishers are delayed while more than three quarters of max_pending are queued
    drop,   // it misses messages while more than three quarters of max_pending are queued
};

struct Options {
    // Listener
    std::string host = "0.0.0.0";
    int port = 4222;  // -1: any free port
    std::string client_advertise;
    std::string server_name;  // empty: the server id
    std::vector<std::string> server_tags;
    std::map<std::string, std::string> server_metadata;

    // Limits; sizes in bytes
    int connections_max = 65536;  // -1: no connections allowed
    int32_t control_line_bytes_max = 4096;
    int32_t payload_bytes_max = 1024 * 1024;
    int64_t pending_bytes_max = 64 * 1024 * 1024;
    int subscriptions_max = 0;        // per connection; 0: unlimited
    int subscription_tokens_max = 0;  // 0: unlimited
    std::chrono::milliseconds ping_interval = std::chrono::minutes(2);
    int ping_max = 2;
    std::chrono::milliseconds write_deadline = std::chrono::seconds(10);
    SlowConsumerPolicy slow_consumers = SlowConsumerPolicy::wait;
    bool header_support = true;
    std::optional<TlsOptions> tls;
    bool allow_non_tls = false;
    bool proxy_protocol = false;  // connections may begin with a PROXY header

    WebsocketOptions websocket;

    ClientLimitOptions client_limits;

    // Lame duck mode: clients are notified, stay connected for the grace period, and are then
    // closed one by one until the duration has passed.
    std::chrono::milliseconds lame_duck_duration = std::chrono::minutes(2);
    std::chrono::milliseconds lame_duck_grace_period = std::chrono::seconds(10);

    // Who may log in
    AuthorizationOptions authorization;
    std::vector<AccountOptions> accounts;  // without "$G"
    std::vector<SubjectMapping> mappings;  // mappings of "$G"
    bool mappings_given = false;           // true even if the block is empty
    std::string no_auth_user;
    std::vector<std::string> trusted_proxies;  // public keys of any kind
    std::vector<std::string> operator_jwts;    // decoded texts, not paths
    std::vector<std::string> trusted_keys;
    std::string system_account;  // "A...", or one of `accounts`; empty: that of the operator JWT
    bool no_system_account = false;
    std::vector<ResolverOptions> resolvers;
    std::map<std::string, std::string> resolver_preload;  // account key -> JWT
    std::vector<std::string> resolver_pinned_accounts;
    std::string default_sentinel;  // user JWT for clients that send none

    // System events
    std::vector<EventSinkOptions> event_sinks;  // in addition to the system account

    // Process
    LogOptions log;
    std::string pid_file;
    std::string ports_file_dir;
    std::string plugin_dir;     // empty: beside the program
    unsigned threads = 0;       // event loops; 0: one per core
    std::string reactor;        // "epoll" or "poco"; empty: the best one of the system
    std::string config_file;    // as on the command line; empty without -c
    std::string config_digest;  // "sha256:..."
};

// Returns the users of the authorization block and of all accounts.
[[nodiscard]] std::vector<UserOptions> all_users(const Options& options);

}  // namespace midge
