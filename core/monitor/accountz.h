#pragma once
// The page ACCOUNTZ: the accounts, and one of them in detail (docs/protocol/monitoring.md,
// Accounts).
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"
#include "monitor/subsz.h"

namespace midge {

struct LatencyRow {
    int sampling = 100;  // percent; 0: requests whose headers ask for it
    std::string results;
};

struct MappingRow {
    std::string source;
    struct Destination {
        std::string subject;
        int weight = 0;  // percent, together with those before it
        std::string cluster;
    };
    std::vector<Destination> destinations;
};

struct ExportRow {
    std::string subject;
    std::string_view type;  // "stream" or "service"
    bool token_required = false;
    std::string_view response_type;  // of a service
    std::optional<LatencyRow> latency;
    std::vector<std::string> approved_accounts;
    std::map<std::string, int64_t> revoked_activations;  // seconds since 1970 UTC
};

struct ImportRow {
    std::string subject;
    std::string account;
    std::string to;  // of a service
    std::string local_subject;
    std::string_view type;
    bool invalid = false;
    bool share = false;
    std::optional<LatencyRow> latency;
};

struct AccountRow {
    std::string name;
    WallNanos updated = 0;
    bool is_system = false;
    bool expired = false;
    int clients = 0;
    uint64_t subscriptions = 0;
    std::vector<MappingRow> mappings;
    std::vector<ExportRow> exports;
    std::vector<ImportRow> imports;
    std::string jwt;
    std::string issuer_key;
    std::string name_tag;
    std::vector<std::string> tags;
    std::string decoded_jwt;                       // the JSON in the JWT
    std::map<std::string, int64_t> revoked_users;  // seconds since 1970 UTC
    SublistStats sublist;
};
void write_json(JsonWriter& out, const AccountRow& account);

struct Accountz {
    std::string server_id;
    WallNanos now = 0;
    std::string system_account;
    std::vector<std::string> accounts;
    std::optional<AccountRow> detail;
};
void write_json(JsonWriter& out, const Accountz& page);

}  // namespace midge
