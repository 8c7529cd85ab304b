#pragma once
// HTTP for the account server: Poco's server, with limits on the time and memory that clients can
// use.
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "account-server/server_options.h"
#include "base/log.h"
#include "base/result.h"

namespace midge::tools {

inline constexpr size_t http_body_bytes_max = 1024 * 1024;  // the largest JWT
// Bytes read of a refused body.
inline constexpr size_t http_discarded_bytes_max = 4 * http_body_bytes_max;
inline constexpr int http_threads_max = 64;  // requests at the same time, for each address
inline constexpr int http_queue_max = 512;   // connections that wait for a thread

struct HttpRequest {
    std::string method;
    std::string path;  // decoded, without the query
    std::map<std::string, std::string> query;
    std::string if_none_match;
    std::string body;
};

struct HttpReply {
    int status = 200;
    std::string content_type;  // empty: none
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

// Listens until it is destroyed. Each connection carries one request, and lasts at most the sum of
// the read and write timeouts. Requests run on separate threads, so the handler may be called by
// several at the same time.
class HttpListener {
  public:
    using Handler = std::function<HttpReply(const HttpRequest&)>;

    // Listens on every address of the host ("localhost": IPv4 and IPv6 if the system has them). An
    // address that is not available is skipped with a warning if another one works. Requires: `log`
    // outlives the listener.
    [[nodiscard]] static Result<std::unique_ptr<HttpListener>> start(const HttpOptions& options,
                                                                     Handler handler, Logger& log);
    // Waits until all current requests are answered.
    ~HttpListener();
    HttpListener(const HttpListener&) = delete;
    HttpListener& operator=(const HttpListener&) = delete;

    [[nodiscard]] uint16_t port() const noexcept { return port_; }

  private:
    struct Server;
    explicit HttpListener(Handler handler);

    const Handler handler_;
    std::vector<std::unique_ptr<Server>> servers_;
    uint16_t port_ = 0;
};

}  // namespace midge::tools
