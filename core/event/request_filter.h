#pragma once
// Which servers should answer a system request (spec system-events.md 2.6).
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "event/server_info.h"

namespace midge {

// Options that the payload of every request to servers may hold beside the endpoint's own. Empty
// members accept any server.
struct RequestFilter {
    std::string server_name;
    std::string host;
    std::string cluster;
    bool exact_match = false;  // else the three above need only be contained
    std::vector<std::string> tags;
    std::string domain;

    // An empty payload filters nothing. Fails (Errc::invalid) when it is not a JSON object or a
    // member has the wrong type.
    [[nodiscard]] static Result<RequestFilter> parse(std::string_view payload);
    [[nodiscard]] static Result<RequestFilter> parse(const JsonObject& options);

    // A server that does not match stays silent.
    [[nodiscard]] bool matches(const ServerInfo& server) const;
};

}  // namespace midge
