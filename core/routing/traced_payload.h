#pragma once
// What a trace shows of a message (spec config.md 3: trace_headers, max_traced_msg_len).
#include <string>
#include <string_view>

#include "config/options.h"

namespace midge {

// "MSG_PAYLOAD: ["hello"]", cut to max_traced_msg_len as ["hel..."]; with trace_headers the header
// without its closing empty line. Empty: nothing to show.
[[nodiscard]] std::string traced_payload(const LogOptions& options, std::string_view body,
                                         size_t header_bytes);

}  // namespace midge
