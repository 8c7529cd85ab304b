#pragma once
// From which web pages a browser may connect (RFC 6454; spec config.md 9).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

struct WebOrigin {
    std::string scheme;  // lower case
    std::string host;    // lower case
    int port = 0;        // without one, that of the scheme

    bool operator==(const WebOrigin&) const = default;
};

// "https://example.com:8443". Fails with the reason.
[[nodiscard]] Result<WebOrigin> parse_web_origin(std::string_view text);

class OriginRules {
  public:
    OriginRules() = default;
    // `allowed`: origins; empty allows all. An entry that is none is an error.
    [[nodiscard]] static Result<OriginRules> from(bool same_origin,
                                                  const std::vector<std::string>& allowed);

    // Whether a request with this Origin may come in; fails with the reason. `host`: the request's
    // Host header; `tls`: how it came. A request without Origin comes from no browser.
    [[nodiscard]] Result<> check(std::string_view origin, std::string_view host, bool tls) const;

  private:
    bool same_origin_ = false;
    std::vector<WebOrigin> allowed_;
};

}  // namespace midge
