#pragma once
// The page CONNZ: connections, open and closed (docs/protocol/monitoring.md, Connections).
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/close_reason.h"
#include "base/json_writer.h"
#include "monitor/page_request.h"

namespace midge {

// A subscription on the pages CONNZ and SUBSZ.
struct SubscriptionRow {
    std::string account;      // only of SUBSZ
    std::string account_tag;  // display name of the account; only of SUBSZ
    std::string subject;
    std::string queue;
    std::string sid;
    uint64_t delivered = 0;
    uint64_t max = 0;  // of UNSUB; 0: none
    uint64_t cid = 0;
};
void write_json(JsonWriter& out, const SubscriptionRow& row);

struct PeerCertificateRow {
    std::string subject;
    std::string spki_sha256;  // hex
    std::string cert_sha256;  // hex
};

// The numbers of a connection, by which a page sorts.
struct ConnectionFigures {
    uint64_t cid = 0;
    WallNanos start = 0;
    WallNanos last_activity = 0;
    WallNanos stop = 0;                               // 0: it is open
    CloseReason reason = CloseReason::client_closed;  // if it is closed
    int64_t rtt_nanos = 0;                            // 0: not known yet
    uint64_t pending_bytes = 0;
    uint64_t in_msgs = 0, in_bytes = 0;    // from the client
    uint64_t out_msgs = 0, out_bytes = 0;  // to the client
    uint64_t subscriptions = 0;
};

// One connection, as it is now or was at its end.
struct ConnectionRow : ConnectionFigures {
    std::string_view kind;  // "Client"
    std::string_view type;  // "nats", "websocket" or "mqtt"
    std::string ip;
    uint16_t port = 0;
    uint64_t stalls = 0;
    std::string name, lang, version;
    std::string tls_version, tls_cipher_suite;  // empty: no TLS
    bool tls_first = false;
    std::vector<SubscriptionRow> subscription_rows;  // only if they are to be shown
    std::string proxy;                               // key of the trusted proxy; empty: none

    // Shown only if `auth` is asked for.
    struct Auth {
        std::vector<PeerCertificateRow> certificates;
        std::string user;
        std::string account;
        std::string jwt;
        std::string issuer_key;
        std::string name_tag;
        std::vector<std::string> tags;
    } auth;

    // Memory of the texts, for limits.
    [[nodiscard]] size_t bytes() const noexcept;
};

// What a page shows of each connection.
struct ConnectionView {
    bool auth = false;
    ShownSubscriptions subscriptions = ShownSubscriptions::none;
};

// A page. `connections` are those after paging.
struct Connz {
    std::string server_id;
    WallNanos now = 0;
    uint64_t total = 0;  // before paging
    int64_t offset = 0;
    int64_t limit = page_limit_default;
    ConnectionView view;
    // The account that was asked for is unknown: the list is null, as in nats-server.
    bool unknown_account = false;
    std::vector<std::shared_ptr<const ConnectionRow>> connections;
};
void write_json(JsonWriter& out, const Connz& page);

}  // namespace midge
