#pragma once
// resolver-url: account JWTs from an HTTP server, as nats-account-server is one.
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/resolver_plugin.hpp"
#include "base/result.h"
#include "common/job_queue.h"
#include "resolver-url/http_client.h"
#include "resolver-url/jwt_cache.h"
#include "resolver-url/url_settings.h"
#include "resolver-url/watchdog.h"

namespace midge {

// Settings: see UrlSettings. GET `<url><A...>` must answer 200 with the JWT as the body (spec
// resolver.md 4). The server need not be up when this starts: that is logged, and each fetch tries
// anew. Fetches run on a few threads of its own.
class UrlResolver final : public plugin::Resolver {
  public:
    UrlResolver(plugin::ResolverHost host, std::string_view config_json);

    void fetch(std::string account, plugin::Reply reply) override;
    void stop() override;

  private:
    struct Job {
        std::string account;                 // empty: see whether the server answers
        std::optional<plugin::Reply> reply;  // none with an empty account
    };

    void work(Job job);
    void probe();
    [[nodiscard]] Result<std::string> fetch_now(const std::string& account);
    [[nodiscard]] Result<HttpAnswer> get(const std::string& name, const std::string& etag);

    const plugin::ResolverHost host_;
    const UrlSettings settings_;
    Watchdog dog_;
    JwtCache cache_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<HttpClient>> idle_;  // the most recently used last
    JobQueue<Job> queue_;                            // last: its threads use the members above
};

// The plugin's table, for programs that link it in.
[[nodiscard]] const midge_resolver* resolver_url_table();

}  // namespace midge
