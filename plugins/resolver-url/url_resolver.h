#pragma once
// resolver-url: account JWTs from an HTTP server, as nats-account-server is one.
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/resolver_plugin.hpp"
#include "base/result.h"
#include "base/work_queue.h"
#include "resolver-url/http_client.h"
#include "resolver-url/jwt_cache.h"
#include "resolver-url/url_settings.h"
#include "resolver-url/watchdog.h"

namespace midge {

// Settings: see UrlSettings. GET `<url><A...>` must answer 200 with the JWT as the body
// (docs/protocol/resolver.md, URL). The server need not be reachable at the start: this is logged,
// and each fetch tries again. Fetches run on a few threads of the resolver.
class UrlResolver final : public plugin::Resolver {
  public:
    static constexpr midge_setting settings[] = {
        plugin::required_setting("url", MIDGE_SETTING_STRING,
                                 "http:// or https:// address; account keys are added to its path"),
        plugin::setting("timeout_ms", MIDGE_SETTING_INTEGER,
                        "time limit of a fetch in milliseconds, 1..60000", "1900"),
        plugin::setting("tls", MIDGE_SETTING_OBJECT,
                        "block with ca_file, cert_file, key_file, insecure")};

    UrlResolver(plugin::ResolverHost host, const plugin::ResolverStart& start);

    void fetch(plugin::FetchRequest request, plugin::Reply reply) override;
    void cancel(uint64_t request) override;
    void report(const plugin::Report& to) override;
    void stop() override;

  private:
    struct Job {
        plugin::FetchRequest request;        // without an account: check whether the server answers
        std::optional<plugin::Reply> reply;  // no value without an account
    };

    void work(Job job);
    void probe();
    [[nodiscard]] Result<std::string> fetch_now(const std::string& account);
    // Remembers the result of the last request.
    void note(const Result<HttpAnswer>& got);
    [[nodiscard]] Result<HttpAnswer> get(const std::string& name, const std::string& etag);

    const plugin::ResolverHost host_;
    const UrlSettings settings_;
    Watchdog dog_;
    JwtCache cache_;
    std::atomic<int64_t> requests_{0}, failures_{0}, not_modified_{0};
    std::mutex mutex_;
    std::string trouble_;                            // of the last request; empty: none
    std::vector<std::unique_ptr<HttpClient>> idle_;  // the most recently used last
    WorkQueue<Job> queue_;                           // last: its threads use the members above
};

// The plugin's table, for programs that link the plugin in.
[[nodiscard]] const midge_resolver* resolver_url_table();

}  // namespace midge
