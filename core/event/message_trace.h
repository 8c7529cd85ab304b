#pragma once
// The path of a message through the server (docs/protocol/system-events.md, Message traces).
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "event/header_values.h"
#include "event/server_info.h"

namespace midge {

enum class TraceStepType : uint8_t {
    ingress,
    subject_mapping,
    stream_export,
    service_import,
    egress
};

// The type of a step determines which texts it has; the others are empty.
struct TraceStep {
    TraceStepType type = TraceStepType::ingress;
    WallNanos at = 0;
    uint64_t connection_id = 0;  // ingress, egress
    std::string client_name;     // ingress, egress
    std::string
        // Account of the publisher; target account of a stream or request; account of the receiver,
        // if different.
        account;
    std::string subject;  // published; requested; subscribed to
    std::string to;       // the new subject after a mapping, export or import
    std::string queue;    // of the receiver
    std::string error;    // reason why the message was refused or not delivered
};

struct MessageTrace {
    HeaderValues header;
    size_t bytes = 0;  // of header and payload
    std::vector<TraceStep> steps;
    size_t omitted = 0;  // number of further steps; a field that only Midge has
};

[[nodiscard]] std::string to_json(const MessageTrace& trace, const ServerInfo& server);

}  // namespace midge
