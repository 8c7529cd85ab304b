#pragma once
// Servers in the test process, on free ports of 127.0.0.1.
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/ThreadPool.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace midge::test {

using HttpHandler =
    std::function<void(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse&)>;

// A self-signed certificate for 127.0.0.1 and localhost.
struct TestCertificate {
    std::string cert_file;
    std::string key_file;
};
[[nodiscard]] TestCertificate make_certificate(const std::filesystem::path& directory,
                                               const std::string& host = "localhost");

// An HTTP server; with TLS if it gets a certificate.
class HttpTestServer {
  public:
    explicit HttpTestServer(HttpHandler handler);
    HttpTestServer(HttpHandler handler, const TestCertificate& certificate);
    ~HttpTestServer();

    // "http://127.0.0.1:12345/jwt/v1/accounts/"
    [[nodiscard]] std::string url() const;
    [[nodiscard]] int connections() const { return server_->totalConnections(); }

  private:
    HttpTestServer(HttpHandler handler, const Poco::Net::ServerSocket& socket, std::string scheme);

    std::string scheme_;
    Poco::ThreadPool threads_;  // a separate pool, whose threads end with the server, together with
                                // OpenSSL's memory for each thread
    std::unique_ptr<Poco::Net::HTTPServer> server_;
};

// Runs `talk` for one connection after the other.
class RawTestServer {
  public:
    explicit RawTestServer(std::function<void(Poco::Net::StreamSocket&)> talk);
    ~RawTestServer();
    [[nodiscard]] std::string url() const;

  private:
    Poco::Net::ServerSocket socket_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace midge::test
