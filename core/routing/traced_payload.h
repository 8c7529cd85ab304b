#pragma once
// The part of a message that a trace line shows (docs/protocol/service.md, Log lines).
#include <string>
#include <string_view>

#include "config/options.h"

namespace midge {

// Returns "MSG_PAYLOAD: ["hello"]", or ["hel..."] if max_traced_msg_len cuts it. With
// trace_headers, returns the header without its last empty line. Empty: nothing to show.
[[nodiscard]] std::string traced_payload(const LogOptions& options, std::string_view body,
                                         size_t header_bytes);

}  // namespace midge
