#pragma once
// The monitoring pages, and the options of each (docs/protocol/monitoring.md). The HTTP port and
// the system services fill in the same options.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace midge {

// How a page shows subscriptions: not at all, as a list of subjects, or with details.
enum class ShownSubscriptions : uint8_t { none, subjects, details };
enum class ConnectionState : uint8_t { open, closed, any };

// The number of entries of a page if the request does not say: also if it asks for 0 or fewer.
inline constexpr int64_t page_limit_default = 1024;

struct VarzOptions {};
struct ConnzOptions {
    std::string sort;   // empty: "cid"; the page refuses unknown words
    bool auth = false;  // shows users, accounts and JWTs
    ShownSubscriptions subscriptions = ShownSubscriptions::none;
    int64_t offset = 0;
    int64_t limit = 0;
    uint64_t cid = 0;  // 0: all connections
    ConnectionState state = ConnectionState::open;
    std::string user;
    std::string account;
    std::string mqtt_client;
    std::string filter_subject;  // needs `account`
};
struct SubszOptions {
    bool subscriptions = false;
    int64_t offset = 0;
    int64_t limit = 0;
    std::string account;
    std::string test;  // a literal subject: shows only subscriptions that match it
};
struct AccountzOptions {
    std::string account;  // empty: only the names of the accounts
};
struct AccstatzOptions {
    std::vector<std::string> accounts;  // empty: all
    bool unused = false;                // also accounts without connections
};
struct RoutezOptions {
    ShownSubscriptions subscriptions = ShownSubscriptions::none;
};
struct GatewayzOptions {
    std::string name;
    bool accounts = false;
    std::string account;
    ShownSubscriptions subscriptions = ShownSubscriptions::none;
};
struct LeafzOptions {
    bool subscriptions = false;
    std::string account;
};
struct JszOptions {
    std::string account;
    bool accounts = false;
    bool streams = false;
    bool consumers = false;
    bool direct_consumers = false;
    bool config = false;
    bool leader_only = false;
    bool stream_leader_only = false;
    bool raft = false;
    int64_t offset = 0;
    int64_t limit = 0;
};
struct HealthzOptions {
    bool js_enabled = false;
    bool js_enabled_only = false;
    bool js_server_only = false;
    bool js_meta_only = false;
    std::string account;
    std::string stream;
    std::string consumer;
    bool details = false;
};
struct IpqueueszOptions {
    bool all = false;
    std::string filter;  // part of the names
};
struct RaftzOptions {
    std::string account;
    std::string group;
};
struct ExpvarzOptions {};

using PageRequest =
    std::variant<VarzOptions, ConnzOptions, SubszOptions, AccountzOptions, AccstatzOptions,
                 RoutezOptions, GatewayzOptions, LeafzOptions, JszOptions, HealthzOptions,
                 IpqueueszOptions, RaftzOptions, ExpvarzOptions>;

}  // namespace midge
