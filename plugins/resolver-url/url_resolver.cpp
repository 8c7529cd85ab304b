#include "resolver-url/url_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/version.h"
#include "common/settings.h"
#include "common/status.h"
#include "resolver-url/tls_context.h"

namespace midge {
namespace {

constexpr size_t fetches_at_once = 4;
constexpr size_t waiting_jobs_max = 4096;

Result<UrlSettings> checked_settings(std::string_view config_json) {
    auto settings = UrlSettings::parse(config_json);
    if (!settings || settings->url.getScheme() != "https") return settings;
    // Each connection makes its own context; this one only checks the files.
    auto context = make_tls_context(settings->tls, settings->url.getHost());
    if (!context) return pass(context);
    return settings;
}

// Whether the text has three parts of base64url, which distinguishes a JWT from an error page.
bool has_jwt_form(std::string_view text) {
    const auto is_part_of_jwt = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '=' || c == '.';
    };
    return std::count(text.begin(), text.end(), '.') == 2 &&
           std::all_of(text.begin(), text.end(), is_part_of_jwt);
}

Errc errc_of(int status) {
    if (status == 404) return Errc::not_found;
    if (status == 401 || status == 403) return Errc::denied;
    if (status >= 500 || status == 429) return Errc::unavailable;
    return Errc::failed;
}

}  // namespace

UrlResolver::UrlResolver(plugin::ResolverHost host, const plugin::ResolverStart& start)
    : host_(host),
      settings_(value_or_throw(checked_settings(start.config_json))),
      queue_(fetches_at_once, waiting_jobs_max, [this](Job job) { work(std::move(job)); }) {
    if (settings_.tls.insecure) host_.warn("TLS certificates of the server are not checked");
    Job first;
    if (!queue_.push(first)) host_.warn("the account server was not tried");
}

void UrlResolver::fetch(plugin::FetchRequest request, plugin::Reply reply) {
    Job job{std::move(request), std::move(reply)};
    if (!queue_.push(job)) job.reply->fail(MIDGE_UNAVAILABLE, "too many requests are waiting");
}

void UrlResolver::cancel(uint64_t request) {
    queue_.drop_if(
        [request](const Job& job) { return job.reply && job.reply->request() == request; });
}

void UrlResolver::report(const plugin::Report& to) {
    to.metric("requests", requests_);
    to.metric("failures", failures_);
    to.metric("not_modified", not_modified_);
    to.metric("requests_queued", static_cast<int64_t>(queue_.waiting()));
    const std::lock_guard lock(mutex_);
    if (!trouble_.empty()) to.health(MIDGE_HEALTH_DOWN, trouble_);
}

void UrlResolver::stop() {
    dog_.stop();
    queue_.stop();
}

void UrlResolver::work(Job job) {
    if (!job.reply) return probe();
    const auto jwt = fetch_now(job.request.account);
    if (jwt && !job.request.have.empty() && host_.version_of(*jwt) == job.request.have)
        return job.reply->unchanged();
    answer(*job.reply, jwt);
}

void UrlResolver::probe() {
    const auto got = get("", "");
    if (dog_.stopped() || (got && got->status == 200)) return;
    const std::string why =
        got ? fmt::format("GET {}: {} {}", printable(settings_.url), got->status, got->reason)
            : got.error().text;
    host_.warn(why + "; going on, accounts are fetched when they are needed");
}

Result<std::string> UrlResolver::fetch_now(const std::string& account) {
    TaggedJwt cached = cache_.find(account);
    auto got = get(account, cached.etag);
    if (!got) return pass(got);
    const std::string what = fmt::format("GET {}{}", printable(settings_.url), account);
    if (got->status == 304 && !cached.jwt.empty()) return std::move(cached.jwt);
    if (got->status != 200) {
        cache_.erase(account);
        return fail(errc_of(got->status), fmt::format("{}: {} {}", what, got->status, got->reason));
    }
    const std::string jwt(trim(got->body));
    if (!has_jwt_form(jwt)) {
        return fail(Errc::invalid,
                    fmt::format("{}: the answer of {} bytes is not a JWT", what, got->body.size()));
    }
    cache_.put(account, {got->etag, jwt});
    return jwt;
}

Result<HttpAnswer> UrlResolver::get(const std::string& name, const std::string& etag) {
    std::unique_ptr<HttpClient> client;
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            client = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (client == nullptr) client = std::make_unique<HttpClient>(settings_, dog_);
    auto got = client->get(name, etag);
    note(got);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(client));
    return got;
}

// An HTTP status is no error, unless it reports a server error.
void UrlResolver::note(const Result<HttpAnswer>& got) {
    ++requests_;
    const bool trouble = !got || errc_of(got->status) == Errc::unavailable;
    if (trouble) ++failures_;
    if (got && got->status == 304) ++not_modified_;
    const std::lock_guard lock(mutex_);
    if (!trouble) {
        trouble_.clear();
    } else {
        trouble_ = got ? fmt::format("{} {}", got->status, got->reason) : got.error().text;
    }
}

const midge_resolver* resolver_url_table() {
    static constexpr midge_resolver table =
        plugin::ResolverThunks<UrlResolver>::table("resolver-url", midge_version);
    return &table;
}

}  // namespace midge
