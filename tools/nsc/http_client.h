#pragma once
// The few HTTP requests that nsc makes of account servers.
#include <string>
#include <string_view>

#include "base/result.h"
#include "nsc/context.h"

namespace midge::tools {

struct HttpAnswer {
    int status = 0;
    std::string body;
};

// 5 s for the connection and between any two pieces of the answer, at most tool_file_bytes_max
// bytes of body. https is refused as not built. Errc::unavailable if the server cannot be reached.
[[nodiscard]] Result<HttpAnswer> http_get(const std::string& url);
[[nodiscard]] Result<HttpAnswer> http_post(const std::string& url, const std::string& content_type,
                                           std::string_view body);

// `place`: an http URL (status over 299 fails) or a path.
[[nodiscard]] Result<std::string> read_file_or_url(const Context& context,
                                                   const std::string& place);

}  // namespace midge::tools
