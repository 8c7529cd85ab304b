#pragma once
// Selects the servers that answer a system request (docs/protocol/system-services.md, Filter).
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "event/server_info.h"

namespace midge {

// Options that every request to servers may contain in addition to those of the endpoint. Empty
// members accept any server.
struct RequestFilter {
    std::string server_name;
    std::string host;
    std::string cluster;
    bool exact_match = false;  // if false, the three texts above may be parts of the server's texts
    std::vector<std::string> tags;
    std::string domain;

    // An empty payload accepts every server. Fails with Errc::invalid if the payload is not a JSON
    // object or a member has the wrong type.
    [[nodiscard]] static Result<RequestFilter> parse(std::string_view payload);
    [[nodiscard]] static Result<RequestFilter> parse(const JsonObject& options);

    // Whether the server should answer; a server that does not match stays silent.
    [[nodiscard]] bool matches(const ServerInfo& server) const;
};

}  // namespace midge
