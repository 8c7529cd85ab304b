#pragma once
// Whether the header of a message asks for a trace of its way (spec system-events.md 7).
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "event/header_values.h"

namespace midge {

inline constexpr std::string_view trace_destination_header = "Nats-Trace-Dest";
// Value of that header with which a message is never traced.
inline constexpr std::string_view trace_disabled = "trace disabled";

struct TraceRequest {
    std::string destination;  // as the header or the account says; may be no valid subject
    bool only = false;        // the message is not to be delivered; never by the account's wish
    HeaderValues header;      // all of the message
};

// Nothing: it is not to be traced. `of_account`: for messages with a W3C trace context that says
// "sampled"; null if those are not traced. `random`: any number.
[[nodiscard]] std::optional<TraceRequest> read_trace_request(std::string_view header,
                                                             const AccountTrace* of_account,
                                                             uint32_t random);

// Whether the value of a traceparent header says "sampled".
[[nodiscard]] bool is_sampled_trace_context(std::string_view parent);

}  // namespace midge
