#pragma once
// The web pages from which a browser may connect (RFC 6454; docs/protocol/transport.md, WebSocket).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

struct WebOrigin {
    std::string scheme;  // lower case
    std::string host;    // lower case
    int port = 0;        // default: the port of the scheme

    bool operator==(const WebOrigin&) const = default;
};

// Parses "https://example.com:8443". The error is the reason.
[[nodiscard]] Result<WebOrigin> parse_web_origin(std::string_view text);

class OriginRules {
  public:
    OriginRules() = default;
    // `allowed`: origins; an empty list allows all. Fails if an entry is invalid.
    [[nodiscard]] static Result<OriginRules> from(bool same_origin,
                                                  const std::vector<std::string>& allowed);

    // Checks a request with this Origin. The error is the reason. `host`: the request's Host
    // header; `tls`: whether it came over TLS. Requests without Origin are not from browsers, and
    // are allowed.
    [[nodiscard]] Result<> check(std::string_view origin, std::string_view host, bool tls) const;

  private:
    bool same_origin_ = false;
    std::vector<WebOrigin> allowed_;
};

}  // namespace midge
