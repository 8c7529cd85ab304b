#pragma once
// What a configuration file, the command line and the defaults together ask for. Plain values;
// core/config fills them from text, the broker and the service read them.
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/account_options.h"

namespace midge {

// Subjects that may be used; an absent list allows everything, deny wins (spec config.md 5).
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
    bool proxy_required = false;  // only through one of the trusted proxies
};

// A service of this server's decides who may log in, by signed answers (spec config.md 5).
struct AuthCalloutOptions {
    std::string issuer;                   // "A...": signs the answers, and the users in them
    std::string account = "$G";           // where the service listens
    std::vector<std::string> auth_users;  // names and nkeys that log in without it
    std::string xkey;                     // "X...": requests are sealed for it; empty: they are not
                       // If there are any: users of other accounts log in without it too.
    std::vector<std::string> allowed_accounts;
};

struct AuthorizationOptions {
    std::string user;
    std::string password;
    std::string token;
    std::vector<UserOptions> users;
    std::optional<PermissionRules> default_permissions;
    std::optional<AuthCalloutOptions> callout;
    bool proxy_required = false;  // of the only user, or of the token
    // Time a client has to authenticate after it was accepted, and has finished its TLS handshake.
    std::chrono::milliseconds timeout = std::chrono::seconds(2);
    bool timeout_given = false;
};

struct TlsCertificateOptions {
    std::string certificate_file;
    std::string key_file;
};

// When a client of a TLS listener hears of the server: INFO before the handshake, after it, or
// before it unless the client begins by itself within the delay.
enum class HandshakeOrder : uint8_t { info_first, handshake_first, handshake_or_info };

// A tls block of a listener (spec config.md 8).
struct TlsOptions {
    std::vector<TlsCertificateOptions> certificates;
    std::string ca_file;
    bool verify = false;
    bool verify_and_map = false;
    std::chrono::milliseconds timeout = std::chrono::seconds(2);  // for the handshake
    std::vector<std::string> cipher_suites;                       // IANA names
    std::vector<std::string> curves;                              // as nats-server spells them
    bool tls13_only = false;
    std::vector<std::string> pinned_certificates;  // lower case hex
    int handshakes_per_second_max = 0;             // 0: any number
    HandshakeOrder order = HandshakeOrder::info_first;
    std::chrono::milliseconds info_delay = std::chrono::milliseconds(50);  // of handshake_or_info
};

// One resolver plugin with its settings as JSON text, in the order in which they are asked.
struct ResolverOptions {
    static constexpr const char* memory_plugin = "resolver-memory";
    std::string plugin;    // "resolver-url", "resolver-memory", "resolver-dir", or an absolute path
    std::string instance;  // its name for logs and reports; empty: made from that of the plugin
    std::string config_json = "{}";
    std::chrono::milliseconds timeout = std::chrono::milliseconds(1900);  // for one fetch
    // Error position for messages about this entry: "server.conf:4:1".
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
    std::string file;           // empty: standard error
    bool syslog = false;        // of this machine, when no file is named
    std::string remote_syslog;  // "udp://host:port", "tcp://...", "unix:///path"; before syslog
    bool json = false;
    int64_t size_limit = 0;                   // bytes; 0: no rotation
    std::chrono::seconds rotation_period{0};  // a log file has lines of one period; 0: of any time
    int max_files = 0;                        // rotated files kept; 0: all
    int traced_message_bytes_max = 0;
};

// Midge's own limits for each user and each address that clients connect from; 0: none.
struct ClientLimitOptions {
    int connections_per_user = 0;
    int connections_per_ip = 0;
    int messages_per_second_per_user = 0;  // published, by all connections together
    int messages_per_second_per_ip = 0;
    int failed_logins_per_minute = 0;  // from one address, which is banned after one more
    std::chrono::milliseconds ban_duration = std::chrono::minutes(1);

    [[nodiscard]] bool any_per_user() const noexcept {
        return connections_per_user > 0 || messages_per_second_per_user > 0;
    }
    [[nodiscard]] bool any_per_ip() const noexcept {
        return connections_per_ip > 0 || messages_per_second_per_ip > 0 ||
               failed_logins_per_minute > 0;
    }
};

// The listener for clients that speak WebSocket (spec config.md 9).
struct WebsocketOptions {
    std::string host = "0.0.0.0";
    int port = 0;  // 0: there is none; -1: any free port
    std::string advertise;
    std::optional<TlsOptions> tls;
    bool no_tls = false;  // said in so many words, since browsers send passwords
    bool same_origin = false;
    std::vector<std::string> allowed_origins;
    std::chrono::milliseconds handshake_timeout = std::chrono::seconds(2);  // with TLS, of each
    bool compression = false;
    // Instead of those of the other clients; empty: as they.
    std::string user;
    std::string password;
    std::string token;
    std::optional<std::chrono::milliseconds> auth_timeout;
    std::string no_auth_user;
    std::optional<std::chrono::milliseconds> ping_interval;
    // Names of cookies that hold what a CONNECT does not say; empty: none.
    std::string jwt_cookie;
    std::string user_cookie;
    std::string password_cookie;
    std::string token_cookie;
    std::map<std::string, std::string> headers;  // of the answer to the upgrade
};

// What happens to a client that does not read what it is sent, besides that it is closed at
// max_pending or the write deadline.
enum class SlowConsumerPolicy : uint8_t {
    wait,   // publishers wait for it as long as it goes on reading, and no longer: Midge's own
    stall,  // publishers to it are held up while over three quarters of max_pending wait
    drop,   // it misses messages while so much waits
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
    int connections_max = 65536;  // -1: none allowed
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
    bool proxy_protocol = false;  // a proxy may say whose connection it passes on

    WebsocketOptions websocket;

    ClientLimitOptions client_limits;

    // Lame duck mode: clients are told, kept for the grace period, then closed one by one until the
    // duration is over.
    std::chrono::milliseconds lame_duck_duration = std::chrono::minutes(2);
    std::chrono::milliseconds lame_duck_grace_period = std::chrono::seconds(10);

    // Who may log in
    AuthorizationOptions authorization;
    std::vector<AccountOptions> accounts;  // besides "$G"
    std::vector<SubjectMapping> mappings;  // of "$G"
    bool mappings_given = false;           // even if there are none
    std::string no_auth_user;
    std::vector<std::string> trusted_proxies;  // public keys of any kind
    std::vector<std::string> operator_jwts;    // decoded texts, not paths
    std::vector<std::string> trusted_keys;
    std::string system_account;  // "A...", or one of `accounts`; empty: the operator JWT's
    bool no_system_account = false;
    std::vector<ResolverOptions> resolvers;
    std::map<std::string, std::string> resolver_preload;  // account key -> JWT
    std::vector<std::string> resolver_pinned_accounts;
    std::string default_sentinel;  // user JWT of who sends none

    // System events
    std::vector<EventSinkOptions> event_sinks;  // besides the system account

    // Process
    LogOptions log;
    std::string pid_file;
    std::string ports_file_dir;
    std::string plugin_dir;     // empty: beside the program
    unsigned threads = 0;       // event loops; 0: one per core
    std::string reactor;        // "epoll" or "poco"; empty: the system's best
    std::string config_file;    // as given; empty without -c
    std::string config_digest;  // "sha256:..."
};

// The users of the authorization block and of all accounts.
[[nodiscard]] std::vector<UserOptions> all_users(const Options& options);

}  // namespace midge
