#pragma once
// Reads the request for a trace in a message's header (docs/protocol/system-events.md, Message
// traces).
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "event/header_values.h"

namespace midge {

inline constexpr std::string_view trace_destination_header = "Nats-Trace-Dest";
// With this value of the header, a message is never traced.
inline constexpr std::string_view trace_disabled = "trace disabled";

struct TraceRequest {
    std::string destination;  // from the header or the account; may be invalid
    bool only = false;        // the message must not be delivered; only the header can ask for this
    HeaderValues header;      // all headers of the message
};

// Returns no value if the message is not to be traced. `of_account`: settings for messages with a
// sampled W3C trace context; null if these are not traced. `random`: any number.
[[nodiscard]] std::optional<TraceRequest> read_trace_request(std::string_view header,
                                                             const AccountTrace* of_account,
                                                             uint32_t random);

// Whether a traceparent header with this value is sampled.
[[nodiscard]] bool is_sampled_trace_context(std::string_view parent);

}  // namespace midge
