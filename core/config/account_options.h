#pragma once
// accounts { ... } in the configuration, as plain values (docs/protocol/configuration.md,
// Accounts).
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "subject/subject_mappings.h"

namespace midge {

struct UserOptions;

// Negative values mean no limit.
struct AccountLimitOptions {
    int32_t connections = -1;
    int32_t subscriptions = -1;  // per connection
    int32_t payload_bytes = -1;
    int32_t leaf_nodes = -1;
};

// An export. Without accounts and position it is public.
struct ExportOptions {
    std::string subject;
    std::vector<std::string> accounts;
    // Position of the token that names the importer, from 1; 0: none.
    int64_t account_token_position = 0;
};
using StreamExportOptions = ExportOptions;

// The number of messages that answer a request: one, or any number, the last of which may be empty.
enum class ResponseType : uint8_t { singleton, stream, chunked };
inline constexpr std::chrono::minutes default_response_threshold{2};

// Publishes the response times of a service in its account (docs/protocol/system-events.md, Service
// latency).
struct LatencyOptions {
    std::string subject;
    int sampling = 100;  // percent of the requests; 0: those with headers of a trace
};
struct ServiceExportOptions : ExportOptions {
    ResponseType response = ResponseType::singleton;
    // Time limit for each response.
    std::chrono::nanoseconds response_threshold = default_response_threshold;
    std::optional<LatencyOptions> latency = {};
    bool allow_trace = false;  // traces of requests continue in this account
};

struct StreamImportOptions {
    std::string account;
    std::string subject;                // subject in the exporting account
    std::optional<std::string> prefix;  // if given, `local` begins with it
    std::string local;                  // subject in the importing account
    bool allow_trace = false;           // traces show the receivers in the importing account
};

struct ServiceImportOptions {
    std::string account;
    std::string subject;  // subject in the exporting account
    std::string local;    // subject in the importing account
    bool share = false;   // the service gets information about the requestor
};

// Traces messages with a sampled W3C trace context (docs/protocol/system-events.md, Message
// traces).
struct AccountTraceOptions {
    std::string destination;
    int sampling = 100;  // percent of those messages
};

struct AccountOptions {
    std::string name;
    std::string nkey;                // "A..."; only for people, it has no effect
    std::vector<UserOptions> users;  // with the account's default_permissions filled in
    AccountLimitOptions limits;
    std::vector<SubjectMapping> mappings;
    std::optional<AccountTraceOptions> trace;
    std::vector<StreamExportOptions> stream_exports;
    std::vector<ServiceExportOptions> service_exports;
    std::vector<StreamImportOptions> stream_imports;
    std::vector<ServiceImportOptions> service_imports;
};

}  // namespace midge
