#include "account-server/http_listener.h"

#include <Poco/Net/DNS.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>

#include <algorithm>

#include "account-server/deadline_socket.h"

namespace midge::tools {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

HttpReply refusal(int status, std::string text) {
    return {status, "text/plain", std::move(text) + "\n", {}};
}

// Errc::invalid: the body is too large; Errc::failed: it is shorter than its stated length.
Result<std::string> read_body(HTTPServerRequest& request) {
    const auto length = request.hasContentLength() ? request.getContentLength64() : 0;
    if (length > static_cast<Poco::Int64>(http_body_bytes_max))
        return fail(Errc::invalid, "too large");
    std::string out;
    char chunk[16 * 1024];
    std::istream& in = request.stream();
    while (in.read(chunk, sizeof chunk), in.gcount() > 0) {
        out.append(chunk, static_cast<size_t>(in.gcount()));
        if (out.size() > http_body_bytes_max) return fail(Errc::invalid, "too large");
    }
    if (in.bad() || (request.hasContentLength() && out.size() != static_cast<size_t>(length)))
        return fail("body ended early");
    return out;
}

Result<HttpRequest> read_request(HTTPServerRequest& request) {
    HttpRequest out;
    out.method = request.getMethod();
    out.if_none_match = request.get("If-None-Match", "");
    try {
        const Poco::URI uri(request.getURI());
        out.path = uri.getPath();
        for (const auto& [name, value] : uri.getQueryParameters()) out.query.emplace(name, value);
    } catch (const Poco::Exception&) {
        return fail(Errc::invalid, "bad URL in request");
    }
    auto body = read_body(request);
    if (!body) return pass(body);
    out.body = std::move(*body);
    return out;
}

void send(HTTPServerResponse& response, const HttpReply& reply) {
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(reply.status));
    response.set("Access-Control-Allow-Origin", "*");
    for (const auto& [name, value] : reply.headers) response.set(name, value);
    if (!reply.content_type.empty()) response.setContentType(reply.content_type);
    response.setContentLength64(static_cast<Poco::Int64>(reply.body.size()));
    response.send()
        .write(reply.body.data(), static_cast<std::streamsize>(reply.body.size()))
        .flush();
}

// Reads a part of a refused body after the reply. Closing with unread bytes would reset the
// connection, and a client that still sends would never get the reply. Ends when the client ends,
// at the limit, or with an exception at the connection's deadline.
void discard_body(HTTPServerRequest& request) {
    Poco::Net::StreamSocket& socket =
        dynamic_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
    socket.shutdownSend();
    char chunk[16 * 1024];
    size_t discarded = 0;
    while (discarded < http_discarded_bytes_max) {
        const int count = socket.receiveBytes(chunk, sizeof chunk);
        if (count <= 0) return;
        discarded += static_cast<size_t>(count);
    }
}

class RequestHandler final : public Poco::Net::HTTPRequestHandler {
  public:
    RequestHandler(const HttpListener::Handler& handler, Logger& log)
        : handler_(handler), log_(log) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
        try {
            log_.trace("{}: {} {}", request.clientAddress().toString(), request.getMethod(),
                       request.getURI());
            auto input = read_request(request);
            if (input) {
                send(response, handler_(*input));
            } else if (input.error().text == "too large") {
                send(response,
                     refusal(413, fmt::format("body has more than {} bytes", http_body_bytes_max)));
                discard_body(request);
            } else {
                send(response, refusal(400, input.error().text));
            }
        } catch (const Poco::Exception& e) {
            // The client has disconnected or was too slow, so there is no answer.
            log_.debug("{}: {}", request.clientAddress().toString(), e.displayText());
        }
    }

  private:
    const HttpListener::Handler& handler_;
    Logger& log_;
};

class HandlerFactory final : public Poco::Net::HTTPRequestHandlerFactory {
  public:
    HandlerFactory(const HttpListener::Handler& handler, Logger& log)
        : handler_(handler), log_(log) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
        return new RequestHandler(handler_, log_);
    }

  private:
    const HttpListener::Handler& handler_;
    Logger& log_;
};

Result<std::vector<Poco::Net::IPAddress>> addresses_of(const std::string& host) {
    if (host.empty())
        return std::vector{Poco::Net::IPAddress("0.0.0.0"), Poco::Net::IPAddress("::")};
    // Some name services know only one of the addresses of this name, and clients may use either.
    if (host == "localhost")
        return std::vector{Poco::Net::IPAddress("127.0.0.1"), Poco::Net::IPAddress("::1")};
    // An address needs no name service, which may fail without a network.
    Poco::Net::IPAddress literal;
    if (Poco::Net::IPAddress::tryParse(host, literal)) return std::vector{literal};
    try {
        auto out = Poco::Net::DNS::resolve(host).addresses();
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        if (out.empty())
            return fail(Errc::not_found, fmt::format("host \"{}\" has no address", host));
        return out;
    } catch (const Poco::Exception& e) {
        return fail(Errc::not_found, fmt::format("host \"{}\": {}", host, e.displayText()));
    }
}

Poco::Net::HTTPServerParams::Ptr server_params(const HttpOptions& options) {
    Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
    params->setMaxThreads(http_threads_max);
    params->setMaxQueued(http_queue_max);
    params->setTimeout(Poco::Timespan(options.read_timeout.count() * 1000));
    // One request for each connection, so that the connection has the deadline of its request.
    params->setKeepAlive(false);
    return params;
}

}  // namespace

struct HttpListener::Server {
    Server(Poco::Net::ServerSocket socket, const HttpOptions& options, const Handler& handler,
           Logger& log)
        : pool(2, http_threads_max),
          server(new HandlerFactory(handler, log), pool, socket, server_params(options)) {}

    Poco::ThreadPool pool;
    Poco::Net::HTTPServer server;
};

HttpListener::HttpListener(Handler handler) : handler_(std::move(handler)) {}

Result<std::unique_ptr<HttpListener>> HttpListener::start(const HttpOptions& options,
                                                          Handler handler, Logger& log) {
    auto addresses = addresses_of(options.host);
    if (!addresses) return pass(addresses);
    std::unique_ptr<HttpListener> out(new HttpListener(std::move(handler)));
    out->port_ = options.port;
    Error first_error;
    for (const auto& address : *addresses) {
        auto socket = listen_with_deadline(Poco::Net::SocketAddress(address, out->port_),
                                           options.read_timeout + options.write_timeout);
        if (!socket) {
            log.warn("{}", socket.error().text);
            if (first_error.text.empty()) first_error = socket.error();
            continue;
        }
        // The other addresses use the port that the system chose for the first.
        out->port_ = socket->address().port();
        out->servers_.push_back(std::make_unique<Server>(*socket, options, out->handler_, log));
    }
    if (out->servers_.empty()) return tl::unexpected<Error>(first_error);
    for (auto& server : out->servers_) server->server.start();
    return out;
}

HttpListener::~HttpListener() {
    for (auto& server : servers_) server->server.stop();
    // stop() ends the listening. The threads of the pool end with their last connection, at its
    // deadline at the latest.
    for (auto& server : servers_) server->pool.joinAll();
}

}  // namespace midge::tools
