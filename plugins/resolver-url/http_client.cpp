#include "resolver-url/http_client.h"

#include <Poco/Exception.h>
#include <Poco/Net/DNS.h>
#include <Poco/Net/HTTPBasicCredentials.h>
#include <Poco/Net/HTTPCredentials.h>
#include <Poco/Net/HostEntry.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Timespan.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <istream>
#include <utility>
#include <vector>

#include "base/version.h"
#include "common/limits.h"
#include "resolver-url/tls_context.h"

namespace midge {
namespace {

namespace net = Poco::Net;

// Idle connections are closed after this time.
constexpr auto idle_max = std::chrono::seconds(30);

std::string origin_of(const Poco::URI& url) {
    return fmt::format("{}://{}:{}", url.getScheme(), url.getHost(), url.getPort());
}

bool is_ip_address(const std::string& host) {
    net::IPAddress ignored;
    return net::IPAddress::tryParse(host, ignored);
}

std::vector<net::SocketAddress> addresses_of(const Poco::URI& url) {
    net::IPAddress literal;
    if (net::IPAddress::tryParse(url.getHost(), literal)) {
        return {net::SocketAddress(literal, url.getPort())};
    }
    std::vector<net::SocketAddress> addresses;
    const net::HostEntry host = net::DNS::hostByName(url.getHost());
    for (const auto& address : host.addresses()) {
        addresses.emplace_back(address, url.getPort());
    }
    return addresses;
}

net::HTTPRequest make_request(const Poco::URI& url, const std::string& etag) {
    net::HTTPRequest request(net::HTTPRequest::HTTP_GET, url.getPathEtc(),
                             net::HTTPMessage::HTTP_1_1);
    request.setHost(url.getHost(), url.getPort());
    request.set("User-Agent", fmt::format("midge/{}", midge_version));
    request.setKeepAlive(true);
    if (!etag.empty()) request.set("If-None-Match", etag);
    if (!url.getUserInfo().empty()) {
        std::string user;
        std::string password;
        net::HTTPCredentials::extractCredentials(url, user, password);
        net::HTTPBasicCredentials(user, password).authenticate(request);
    }
    return request;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// Reads up to jwt_bytes_max bytes. Returns whether this is the whole body.
bool read_body(std::istream& in, std::string& body) {
    char buffer[8 * 1024];
    while (in.read(buffer, sizeof(buffer)), in.gcount() > 0) {
        body.append(buffer, static_cast<size_t>(in.gcount()));
        if (body.size() > jwt_bytes_max) return false;
    }
    return true;
}

tl::unexpected<Error> too_large() {
    return fail(Errc::invalid, fmt::format("the answer is over {} bytes", jwt_bytes_max));
}

}  // namespace

Result<HttpAnswer> HttpClient::get(const std::string& name, const std::string& etag) {
    const auto deadline = Clock::now() + settings_.timeout;
    Poco::URI url(settings_.url);
    url.setPath(url.getPath() + name);
    for (int hops = 0; hops <= redirects_max; ++hops) {
        auto done = exchange(url, etag, deadline);
        if (!done) {
            return fail(done.error().code,
                        fmt::format("GET {}: {}", printable(url), done.error().text));
        }
        if (done->location.empty()) return std::move(done->answer);
        const bool secure = url.getScheme() == "https";
        try {
            url.resolve(done->location);
        } catch (const Poco::Exception&) {
            return fail(Errc::invalid,
                        fmt::format("GET {}: redirected to a malformed URL", printable(url)));
        }
        if (url.getScheme() != "https" && (secure || url.getScheme() != "http")) {
            return fail(Errc::invalid, fmt::format("redirected from {} to {}, which is refused",
                                                   printable(settings_.url), printable(url)));
        }
    }
    return fail(Errc::invalid, fmt::format("GET {}{}: more than {} redirects",
                                           printable(settings_.url), name, redirects_max));
}

Result<HttpClient::Exchange> HttpClient::exchange(const Poco::URI& url, const std::string& etag,
                                                  Clock::time_point deadline) {
    const bool reuse =
        kept_ && kept_->origin == origin_of(url) && Clock::now() - kept_->used < idle_max;
    auto kept = std::exchange(kept_, std::nullopt);
    auto done = reuse ? exchange_on(std::move(*kept), url, etag, deadline)
                      : exchange_on(connect(url, deadline), url, etag, deadline);
    // The server may have closed an idle connection, so a new connection is worth a try.
    const bool again = !done && reuse && done.error().code == Errc::unavailable;
    if (again && Clock::now() < deadline && !dog_.stopped()) {
        done = exchange_on(connect(url, deadline), url, etag, deadline);
    }
    // Also for an exchange that seems complete, because headers that were cut off at the deadline
    // look complete.
    if (Clock::now() >= deadline) {
        return fail(Errc::timeout, fmt::format("no complete answer within {}", settings_.timeout));
    }
    return done;
}

Result<HttpClient::Exchange> HttpClient::exchange_on(Result<Connection> connected,
                                                     const Poco::URI& url, const std::string& etag,
                                                     Clock::time_point deadline) {
    if (!connected) return pass(connected);
    const Watchdog::Watch watch(dog_, connected->socket, deadline);
    try {
        net::HTTPRequest request = make_request(url, etag);
        net::HTTPResponse response;
        auto& session = *connected->session;
        session.setKeepAlive(true);
        session.sendRequest(request);
        std::istream& in = session.receiveResponse(response);
        const bool sized = response.hasContentLength();
        if (sized && response.getContentLength64() > static_cast<Poco::Int64>(jwt_bytes_max)) {
            return too_large();
        }
        Exchange done;
        if (!read_body(in, done.answer.body)) return too_large();
        const bool has_body = response.getStatus() != net::HTTPResponse::HTTP_NOT_MODIFIED &&
                              response.getStatus() != net::HTTPResponse::HTTP_NO_CONTENT;
        const auto body_size = static_cast<Poco::Int64>(done.answer.body.size());
        if (in.bad() || (sized && has_body && body_size != response.getContentLength64())) {
            return fail(Errc::unavailable, "the connection ended within the answer");
        }
        done.answer.status = response.getStatus();
        done.answer.reason = response.getReason();
        done.answer.etag = response.get("ETag", "");
        if (is_redirect(done.answer.status)) done.location = response.get("Location", "");
        const bool delimited = sized || !has_body || response.getChunkedTransferEncoding();
        if (delimited && response.getKeepAlive()) {
            connected->used = Clock::now();
            kept_ = std::move(*connected);
        }
        return done;
    } catch (const net::NoMessageException&) {
        return fail(Errc::unavailable, "the connection ended without an answer");
    } catch (const net::MessageException& e) {
        return fail(Errc::unavailable, "not an HTTP answer: " + e.displayText());
    } catch (const Poco::Exception& e) {
        return fail(Errc::unavailable, e.displayText());
    }
}

Result<HttpClient::Connection> HttpClient::connect(const Poco::URI& url,
                                                   Clock::time_point deadline) {
    std::string why = "the host has no address";
    try {
        for (const auto& address : addresses_of(url)) {
            const auto left =
                std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
            if (left.count() <= 0) break;
            AbortableSocket socket;
            try {
                socket.connect(address, Poco::Timespan(left.count()));
            } catch (const Poco::Exception& e) {
                why = fmt::format("cannot connect to {}: {}", address.toString(), e.displayText());
                continue;
            }
            socket.setNoDelay(true);
            return open_session(socket, url, deadline);
        }
    } catch (const Poco::Exception& e) {
        why = e.displayText();
    }
    return fail(Errc::unavailable, why);
}

Result<HttpClient::Connection> HttpClient::open_session(const AbortableSocket& socket,
                                                        const Poco::URI& url,
                                                        Clock::time_point deadline) {
    Connection made{origin_of(url), socket.abortable(), nullptr, Clock::now()};
    if (url.getScheme() == "http") {
        made.session = std::make_unique<net::HTTPClientSession>(socket);
        return made;
    }
    auto context = make_tls_context(settings_.tls, url.getHost());
    if (!context) return pass(context);
    const Watchdog::Watch watch(dog_, made.socket, deadline);
    // Names must be sent in the handshake (SNI), addresses must not.
    const std::string& host = url.getHost();
    const auto secured = is_ip_address(host)
                             ? net::SecureStreamSocket::attach(socket, *context)
                             : net::SecureStreamSocket::attach(socket, host, *context);
    // HTTPSClientSession would throw when made from a connected socket (POCO 1.11), and only
    // differs in how it connects.
    made.session = std::make_unique<net::HTTPClientSession>(secured);
    return made;
}

}  // namespace midge
