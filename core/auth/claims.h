#pragma once
// The claims of JWTs as plain values (docs/protocol/jwt.md). Members have the names of the JSON. A
// value that is missing in a v2 token is empty, 0 or false, as in a default-constructed struct.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midge {

inline constexpr int64_t no_limit = -1;
inline constexpr int claims_version = 2;

// Times are seconds since 1970 UTC; 0 is unset.
struct StandardClaims {
    std::string aud;
    int64_t exp = 0;
    std::string jti;
    int64_t iat = 0;
    std::string iss;
    std::string name;
    int64_t nbf = 0;
    std::string sub;
};

// The last members of every `nats` object.
struct CommonClaims {
    std::vector<std::string> tags;
    std::string type;
    int version = 0;  // 1 or 2 after decoding; encode() always writes 2
};

struct SubjectPermission {
    std::vector<std::string> allow;  // empty: everything
    std::vector<std::string> deny;

    [[nodiscard]] bool empty() const noexcept { return allow.empty() && deny.empty(); }
    bool operator==(const SubjectPermission&) const = default;
};

struct ResponsePermission {
    int64_t max = 0;  // messages; 0: the default of 1, negative: unlimited
    int64_t ttl = 0;  // nanoseconds; 0: the default of two minutes, negative: unlimited
    bool operator==(const ResponsePermission&) const = default;
};

struct PermissionClaims {
    SubjectPermission pub;
    SubjectPermission sub;
    std::optional<ResponsePermission> resp;

    [[nodiscard]] bool empty() const noexcept { return pub.empty() && sub.empty() && !resp; }
    bool operator==(const PermissionClaims&) const = default;
};

// "HH:MM:SS" in the zone of `times_location`.
struct TimeRange {
    std::string start;
    std::string end;
    bool operator==(const TimeRange&) const = default;
};

// The rights of a user, in a user JWT or in the template of a scoped signing key.
struct UserPermissionLimits {
    PermissionClaims permissions;  // JSON pub, sub and resp, beside the others
    std::vector<std::string> src;  // CIDRs
    std::vector<TimeRange> times;
    std::string times_location;  // IANA zone; empty: the server's zone
    int64_t subs = 0;            // -1 unlimited, 0 none
    int64_t data = 0;
    int64_t payload = 0;  // bytes
    bool bearer_token = false;
    bool proxy_required = false;
    std::vector<std::string> allowed_connection_types;

    bool operator==(const UserPermissionLimits&) const = default;
};

struct UserClaims : StandardClaims, CommonClaims {
    UserPermissionLimits limits;
    std::string issuer_account;  // "A...", set if a signing key issued this JWT
};

struct OperatorClaims : StandardClaims, CommonClaims {
    std::vector<std::string> signing_keys;
    std::string account_server_url;
    std::vector<std::string> operator_service_urls;
    std::string system_account;
    std::string assert_server_version;
    bool strict_signing_key_usage = false;
};

enum class ExportType { unknown, stream, service };
// "stream", "service" or "unknown".
[[nodiscard]] std::string_view export_type_text(ExportType type) noexcept;

// Maps a public key or "*" to a time; all claims issued up to and including that second are
// revoked.
using RevocationMap = std::map<std::string, int64_t>;
// Whether a claim of `key` that was issued at `iat` is revoked.
[[nodiscard]] bool is_revoked(const RevocationMap& revocations, const std::string& key,
                              int64_t iat);

struct Import {
    std::string name;
    std::string subject;
    std::string account;
    std::string token;  // an activation JWT, or its URL
    std::string to;     // deprecated form of local_subject
    std::string local_subject;
    ExportType type = ExportType::unknown;
    bool share = false;
    bool allow_trace = false;
};

struct ServiceLatency {
    int sampling = 0;  // percent; 0: requests whose headers ask for it
    std::string results;
};

struct Export {
    std::string name;
    std::string subject;
    ExportType type = ExportType::unknown;
    bool token_req = false;
    RevocationMap revocations;
    std::string response_type;       // "", "Singleton", "Stream" or "Chunked"
    int64_t response_threshold = 0;  // nanoseconds
    std::optional<ServiceLatency> service_latency;
    uint64_t account_token_position = 0;  // 1-based; 0 unset
    bool advertise = false;
    bool allow_trace = false;
    std::string description;
    std::string info_url;
};

struct JetStreamLimits {
    int64_t mem_storage = 0;  // bytes; 0: no JetStream, -1 unlimited
    int64_t disk_storage = 0;
    int64_t streams = 0;
    int64_t consumer = 0;
    int64_t max_ack_pending = 0;
    int64_t mem_max_stream_bytes = 0;
    int64_t disk_max_stream_bytes = 0;
    bool max_bytes_required = false;
    bool operator==(const JetStreamLimits&) const = default;
};

// -1 unlimited, 0 none.
struct AccountLimits {
    int64_t subs = 0;
    int64_t data = 0;     // never enforced
    int64_t payload = 0;  // bytes
    int64_t imports = 0;
    int64_t exports = 0;
    bool wildcards = false;  // wildcard exports allowed
    bool disallow_bearer = false;
    int64_t conn = 0;
    int64_t leaf = 0;
    JetStreamLimits jetstream;                             // JSON beside the others
    std::map<std::string, JetStreamLimits> tiered_limits;  // "R1", "R3"; excludes `jetstream`

    bool operator==(const AccountLimits&) const = default;
};

// Users signed by `key` get exactly `permissions` of the template.
struct UserScope {
    std::string key;
    std::string role;
    UserPermissionLimits template_limits;  // JSON "template"
    std::string description;

    bool operator==(const UserScope&) const = default;
};

// No scope: an ordinary signing key.
using SigningKeys = std::map<std::string, std::optional<UserScope>>;

struct WeightedMapping {
    std::string subject;
    uint8_t weight = 0;  // percent; 0 stands for 100
    std::string cluster;
};

struct ExternalAuthorization {
    std::vector<std::string> auth_users;
    std::vector<std::string> allowed_accounts;
    std::string xkey;
};

struct MsgTrace {
    std::string dest;
    int64_t sampling = 0;  // percent; 0 stands for 100
};

struct AccountClaims : StandardClaims, CommonClaims {
    std::vector<Import> imports;
    std::vector<Export> exports;
    AccountLimits limits;
    SigningKeys signing_keys;
    RevocationMap revocations;
    PermissionClaims default_permissions;
    std::map<std::string, std::vector<WeightedMapping>> mappings;
    ExternalAuthorization authorization;
    std::optional<MsgTrace> trace;
    std::string cluster_traffic;
    std::string description;
    std::string info_url;
};

struct ActivationClaims : StandardClaims, CommonClaims {
    std::string import_subject;                    // JSON "subject"
    ExportType import_type = ExportType::unknown;  // JSON "kind"; v1 "type"
    std::string issuer_account;
};

// Returns the defaults of tools: everything unlimited, JetStream off.
[[nodiscard]] AccountClaims make_account_claims(std::string account_key);
// Returns the defaults of tools: subs, data and payload unlimited. For a user of a scoped signing
// key, use a default-constructed UserClaims instead.
[[nodiscard]] UserClaims make_user_claims(std::string user_key);

// Returns base32 (padded) of the SHA-256 of issuer, subject, and the import subject up to its first
// wildcard (docs/protocol/jwt.md, Activations).
[[nodiscard]] std::string activation_hash(const ActivationClaims& claims);

}  // namespace midge
