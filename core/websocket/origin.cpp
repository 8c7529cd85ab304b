#include "websocket/origin.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <algorithm>

#include "base/text.h"

namespace midge {
namespace {

constexpr int http_port = 80;
constexpr int https_port = 443;

}  // namespace

Result<WebOrigin> parse_web_origin(std::string_view text) {
    try {
        const Poco::URI uri{std::string(text)};
        if (uri.getScheme().empty() || uri.getHost().empty()) {
            return fail(Errc::invalid, "invalid URI for request");
        }
        WebOrigin origin{to_lower_ascii(uri.getScheme()), to_lower_ascii(uri.getHost()),
                         uri.getPort()};
        if (origin.port == 0) origin.port = origin.scheme == "https" ? https_port : http_port;
        return origin;
    } catch (const Poco::Exception& error) {
        return fail(Errc::invalid, error.displayText());
    }
}

Result<OriginRules> OriginRules::from(bool same_origin, const std::vector<std::string>& allowed) {
    OriginRules rules;
    rules.same_origin_ = same_origin;
    for (const std::string& text : allowed) {
        auto origin = parse_web_origin(text);
        if (!origin) {
            return fail(Errc::invalid,
                        "unable to parse allowed origin: \"" + text + "\": " + origin.error().text);
        }
        rules.allowed_.push_back(std::move(*origin));
    }
    return rules;
}

Result<> OriginRules::check(std::string_view origin, std::string_view host, bool tls) const {
    if (origin.empty() || (!same_origin_ && allowed_.empty())) return {};
    auto asked = parse_web_origin(origin);
    if (!asked) return pass(asked);
    if (same_origin_) {
        auto own = parse_web_origin((tls ? "https://" : "http://") + std::string(host));
        if (!own) return pass(own);
        if (asked->host != own->host || asked->port != own->port) {
            return fail(Errc::denied, "not same origin");
        }
    }
    if (allowed_.empty() || std::find(allowed_.begin(), allowed_.end(), *asked) != allowed_.end())
        return {};
    return fail(Errc::denied, "not in the allowed list");
}

}  // namespace midge
