#pragma once
// HTTP GET with bounds on everything.
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

// Fetches from one server over a connection that it keeps. Owned and used by one worker thread.
class HttpClient {
  public:
    // `settings` and `dog` outlive it.
    HttpClient(const UrlSettings& settings, Watchdog& dog) : settings_(settings), dog_(dog) {}

    // GET `<url><name>`, following up to redirects_max redirects (never from https to http), all
    // within the settings' timeout; `etag` goes out as If-None-Match unless empty. Any status is an
    // answer. Errors: Errc::timeout; Errc::unavailable when there is no complete answer;
    // Errc::invalid for a body over jwt_bytes_max and for bad redirects.
    [[nodiscard]] Result<HttpAnswer> get(const std::string& name, const std::string& etag);

  private:
    using Clock = Watchdog::Clock;
    // A connection to one server.
    struct Connection {
        std::string origin;  // "https://host:port"
        AbortableSocketPtr socket;
        std::unique_ptr<Poco::Net::HTTPClientSession> session;
        Clock::time_point used;  // last
    };
    struct Exchange {
        HttpAnswer answer;
        std::string location;
    };

    // One request and its answer, over the kept connection or a new one.
    [[nodiscard]] Result<Exchange> exchange(const Poco::URI& url, const std::string& etag,
                                            Clock::time_point deadline);
    // The same over this connection, which is kept afterwards if it can be.
    [[nodiscard]] Result<Exchange> exchange_on(Result<Connection> connected, const Poco::URI& url,
                                               const std::string& etag, Clock::time_point deadline);
    // Tries the host's addresses in turn.
    [[nodiscard]] Result<Connection> connect(const Poco::URI& url, Clock::time_point deadline);
    // With the TLS handshake, if the URL asks for it; throws Poco::Exception.
    [[nodiscard]] Result<Connection> open_session(const AbortableSocket& socket,
                                                  const Poco::URI& url, Clock::time_point deadline);

    const UrlSettings& settings_;
    Watchdog& dog_;
    std::optional<Connection> kept_;
};

}  // namespace midge
