#pragma once
// HTTP GET with limits on everything.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "resolver-url/url_settings.h"
#include "resolver-url/watchdog.h"

namespace midge {

inline constexpr int redirects_max = 10;

struct HttpAnswer {
    int status = 0;
    std::string reason;  // "Not Found"
    std::string etag;
    std::string body;
};

// Fetches from one server, over a connection that it keeps open. Owned and used by one worker
// thread.
class HttpClient {
  public:
    // Requires: `settings` and `dog` outlive it.
    HttpClient(const UrlSettings& settings, Watchdog& dog) : settings_(settings), dog_(dog) {}

    // Sends GET `<url><name>`, and follows up to redirects_max redirects (never from https to
    // http), all within the settings' timeout. A non-empty `etag` is sent as If-None-Match. Any
    // HTTP status is a result. Errors: Errc::timeout; Errc::unavailable if there is no complete
    // answer; Errc::invalid for a body of more than jwt_bytes_max bytes and for bad redirects.
    [[nodiscard]] Result<HttpAnswer> get(const std::string& name, const std::string& etag);

  private:
    using Clock = Watchdog::Clock;
    // A connection to one server.
    struct Connection {
        std::string origin;  // "https://host:port"
        AbortableSocketPtr socket;
        std::unique_ptr<Poco::Net::HTTPClientSession> session;
        Clock::time_point used;  // time of the last use
    };
    struct Exchange {
        HttpAnswer answer;
        std::string location;
    };

    // Makes one request, over the open connection or a new one.
    [[nodiscard]] Result<Exchange> exchange(const Poco::URI& url, const std::string& etag,
                                            Clock::time_point deadline);
    // The same over this connection, which is kept open afterwards if possible.
    [[nodiscard]] Result<Exchange> exchange_on(Result<Connection> connected, const Poco::URI& url,
                                               const std::string& etag, Clock::time_point deadline);
    // Tries the addresses of the host one after the other.
    [[nodiscard]] Result<Connection> connect(const Poco::URI& url, Clock::time_point deadline);
    // Includes the TLS handshake if the URL requires it. Throws Poco::Exception.
    [[nodiscard]] Result<Connection> open_session(const AbortableSocket& socket,
                                                  const Poco::URI& url, Clock::time_point deadline);

    const UrlSettings& settings_;
    Watchdog& dog_;
    std::optional<Connection> kept_;
};

}  // namespace midge
