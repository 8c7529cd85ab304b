#pragma once
// HTTP for the account server: Poco's server with bounds on everything a client can make it wait
// for or keep.
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

inline constexpr size_t http_body_bytes_max = 1024 * 1024;                   // the largest JWT
inline constexpr size_t http_discarded_bytes_max = 4 * http_body_bytes_max;  // of a refused body
inline constexpr int http_threads_max = 64;  // requests at a time, on each address
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

// Listens until it is destroyed. Each connection carries one request, within the read and write
// timeouts together; requests run on threads of their own, so the handler is called from several at
// a time.
class HttpListener {
  public:
    using Handler = std::function<HttpReply(const HttpRequest&)>;

    // Listens on every address of the host ("localhost": IPv4 and IPv6 where the system has them;
    // an address that is not there is skipped with a warning if another one works). `log` outlives
    // this.
    [[nodiscard]] static Result<std::unique_ptr<HttpListener>> start(const HttpOptions& options,
                                                                     Handler handler, Logger& log);
    // Waits for the requests that are being answered.
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
