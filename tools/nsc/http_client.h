#pragma once
// HTTP requests of nsc to account servers.
#include <string>
#include <string_view>

#include "base/result.h"
#include "nsc/context.h"

namespace midge::tools {

struct HttpAnswer {
    int status = 0;
    std::string body;
};

// The timeout is 5 s for the connection and between two parts of the answer. The body has at most
// tool_file_bytes_max bytes. https is refused as not supported. Errc::unavailable if the server
// cannot be reached.
[[nodiscard]] Result<HttpAnswer> http_get(const std::string& url);
[[nodiscard]] Result<HttpAnswer> http_post(const std::string& url, const std::string& content_type,
                                           std::string_view body);

// Reads `place`: an http URL (a status over 299 is an error) or a path.
[[nodiscard]] Result<std::string> read_file_or_url(const Context& context,
                                                   const std::string& place);

}  // namespace midge::tools
