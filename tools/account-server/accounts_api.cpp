#include "account-server/accounts_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <future>

#include "auth/creds.h"
#include "auth/jwt.h"
#include "auth/validate.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/wire_error.h"

namespace midge::tools {
namespace {

constexpr std::string_view accounts_path = "/jwt/v1/accounts";
// A page of /pack ends with the account that reaches this size.
constexpr size_t pack_page_bytes = 8 * 1024 * 1024;
// The number of accounts that are requested from the store at a time.
constexpr std::ptrdiff_t pack_batch = 64;
constexpr const char* text_plain = "text/plain";
constexpr const char* application_jwt = "application/jwt";

std::string parameter(const HttpRequest& request, const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
}

bool asks(const HttpRequest& request, const char* name) {
    return equals_ignore_case(parameter(request, name), "true");
}

// Shortens a key for log lines.
std::string short_key(const std::string& key) {
    constexpr size_t shown = 12;
    return key.size() <= shown ? key : key.substr(0, shown);
}

// Waits for the resolver's answer, which comes from any thread, at the latest at the resolver's
// deadline.
template <class T, class Start>
Result<T> wait_for(Start start) {
    auto answer = std::make_shared<std::promise<Result<T>>>();
    auto result = answer->get_future();
    start([answer](Result<T> value) { answer->set_value(std::move(value)); });
    return result.get();
}

std::vector<Result<std::string>> fetch_all(AccountResolver& resolver,
                                           const std::vector<std::string>& accounts) {
    // Shared, because this call may return while the callback of the last answer still runs.
    struct Answers {
        std::vector<Result<std::string>> jwts;
        std::atomic<size_t> left;
        std::promise<void> complete;
    };
    const auto answers = std::make_shared<Answers>();
    answers->jwts.resize(accounts.size(), fail("no answer"));
    answers->left = accounts.size();
    resolver.fetch_each(accounts, [answers](size_t index, Result<std::string> jwt) {
        answers->jwts[index] = std::move(jwt);
        if (--answers->left == 0) answers->complete.set_value();
    });
    answers->complete.get_future().wait();
    return std::move(answers->jwts);
}

HttpReply empty_reply(int status) {
    return {status, "", "", {}};
}

HttpReply resolver_check() {
    return {200,
            "",
            "",
            {{"Cache-Control", "no-cache, no-store, must-revalidate"},
             {"Pragma", "no-cache"},
             {"Expires", "0"}}};
}

HttpReply preflight() {
    return {204,
            "",
            "",
            {{"Access-Control-Allow-Methods", "GET, POST"}, {"Access-Control-Allow-Headers", "*"}}};
}

}  // namespace

AccountsApi::AccountsApi(Parts parts) : parts_(std::move(parts)) {
    if (!parts_.served_operator) return;
    const OperatorClaims& claims = parts_.served_operator->claims;
    trusted_.insert(claims.sub);
    trusted_.insert(claims.signing_keys.begin(), claims.signing_keys.end());
}

HttpReply AccountsApi::refuse(int status, std::string text, const std::string& detail) const {
    if (detail.empty()) {
        parts_.log.error("{}", text);
    } else {
        parts_.log.error("{} - {}", text, detail);
    }
    return {status, text_plain, std::move(text) + "\n", {}};
}

HttpReply AccountsApi::handle(const HttpRequest& request) const {
    const std::string& path = request.path;
    if (request.method == "OPTIONS") return preflight();
    std::string account;
    if (path.size() > accounts_path.size() + 1 &&
        path.compare(0, accounts_path.size() + 1, std::string(accounts_path) + "/") == 0) {
        account = path.substr(accounts_path.size() + 1);
    }
    const bool accounts_root = path == accounts_path || path == std::string(accounts_path) + "/";
    const bool get = request.method == "GET";
    if (!account.empty() && account.find('/') == std::string::npos) {
        if (get) return get_account(request, account);
        if (request.method == "POST") return post_account(request, account);
        return {405, text_plain, "Method Not Allowed\n", {{"Allow", "GET, OPTIONS, POST"}}};
    }
    const bool has_operator = parts_.served_operator.has_value();
    const bool known = accounts_root || path == "/jwt/v1/help" || path == "/jwt/v1/pack" ||
                       path == "/healthz" || (path == "/jwt/v1/operator" && has_operator);
    if (!known) return {404, text_plain, "404 page not found\n", {}};
    if (!get) return {405, text_plain, "Method Not Allowed\n", {{"Allow", "GET, OPTIONS"}}};
    if (accounts_root) return resolver_check();
    if (path == "/jwt/v1/help") return {200, text_plain, account_server_help, {}};
    if (path == "/jwt/v1/pack") return get_pack(request);
    if (path == "/healthz") return empty_reply(200);
    return get_operator(request);
}

HttpReply AccountsApi::get_claims(const HttpRequest& request, const std::string& jwt) const {
    if (asks(request, "text")) return {200, text_plain, jwt, {}};
    auto text = decoded_jwt_text(jwt);
    if (!text) return refuse(500, "error decoding account claim", text.error().text);
    return {200, text_plain, std::move(*text), {}};
}

HttpReply AccountsApi::get_operator(const HttpRequest& request) const {
    const std::string& jwt = parts_.served_operator->jwt;
    if (asks(request, "text") || asks(request, "decode")) return get_claims(request, jwt);
    return {200, application_jwt, jwt, {}};
}

Result<std::string> AccountsApi::load(const std::string& account) const {
    auto jwt =
        wait_for<std::string>([&](auto done) { parts_.resolver.fetch(account, std::move(done)); });
    if (!jwt && parts_.system_account && parts_.system_account->public_key == account)
        return parts_.system_account->jwt;
    return jwt;
}

HttpReply AccountsApi::get_account(const HttpRequest& request, const std::string& account) const {
    if (!parameter(request, "jti").empty())
        return refuse(501, "lookup by jti is no longer supported");
    auto jwt = load(account);
    if (!jwt && (jwt.error().code == Errc::not_found || jwt.error().code == Errc::invalid)) {
        return refuse(404, "no matching account JWT", short_key(account));
    }
    if (!jwt) return refuse(500, "error loading JWT", jwt.error().text);
    if (asks(request, "text") || asks(request, "decode")) return get_claims(request, *jwt);

    auto claims = decode_account(*jwt);
    if (!claims) return refuse(500, "error loading JWT", claims.error().text);
    const int64_t now = wall_now_seconds();
    if (asks(request, "check") && claims->exp > 0 && claims->exp < now) return empty_reply(404);
    const std::string tag = '"' + claims->jti + '"';
    if (request.if_none_match.find(tag) != std::string::npos) return empty_reply(304);
    if (asks(request, "notify")) {
        if (parts_.notifier == nullptr) return refuse(501, "notifications are not enabled");
        if (auto sent = parts_.notifier->account_changed(account, *jwt); !sent) {
            return refuse(500, "error sending notification of change", sent.error().text);
        }
    }
    constexpr int stale_seconds = 3600;
    return {
        200,
        application_jwt,
        std::move(*jwt),
        {{"Etag", tag},
         {"Cache-Control", fmt::format("max-age={}, stale-while-revalidate={}, stale-if-error={}",
                                       claims->exp - now, stale_seconds, stale_seconds)}}};
}

std::optional<HttpReply> AccountsApi::refuse_claims(const AccountClaims& claims,
                                                    const std::string& account) const {
    const std::string key = short_key(account);
    if (claims.sub != account) return refuse(400, "pub keys don't match", key);
    const bool self_signed = is_public_key(KeyKind::account, claims.iss);
    if (!self_signed && !is_public_key(KeyKind::operator_key, claims.iss))
        return refuse(400, "bad JWT Issuer in request", key);
    if (!is_public_key(KeyKind::account, claims.sub))
        return refuse(400, "bad JWT Subject in request", key);
    if (self_signed && claims.iss == claims.sub)
        return refuse(400, "Signing service not enabled", key);
    if (self_signed) return refuse(400, "Bad JWT Issuer in request", key);
    if (trusted_.count(claims.iss) == 0) return refuse(400, "untrusted issuer in request", key);
    auto issues = validate(claims, wall_now_seconds());
    for (Issue& unusable : inapplicable(claims)) issues.push_back(std::move(unusable));
    if (first_blocking(issues, true) == nullptr) return std::nullopt;
    std::string text =
        "The server was unable to update your account JWT. One more more validation issues "
        "occurred.";
    for (const auto& issue : issues) text += fmt::format("\n\t - {}\n", issue.description);
    return refuse(400, text, key);
}

HttpReply AccountsApi::post_account(const HttpRequest& request, const std::string& account) const {
    const std::string jwt(trim(request.body));
    auto claims = decode_account(jwt);
    if (!claims) return refuse(400, "bad JWT in request", claims.error().text);
    if (auto refused = refuse_claims(*claims, account)) return *refused;
    const auto stored =
        wait_for<void>([&](auto done) { parts_.resolver.store(account, jwt, std::move(done)); });
    if (!stored) return refuse(500, "error saving JWT", stored.error().text);
    if (parts_.notifier != nullptr) {
        if (auto sent = parts_.notifier->account_changed(account, jwt); !sent) {
            return refuse(500, "error sending notification of change", sent.error().text);
        }
    }
    parts_.log.info("updated JWT for account - {} - {}", short_key(account), claims->jti);
    return empty_reply(200);
}

HttpReply AccountsApi::get_pack(const HttpRequest& request) const {
    int64_t max = parts_.pack_max;
    const std::string given = to_lower_ascii(parameter(request, "max"));
    if (!given.empty()) {
        const char* end = given.data() + given.size();
        const auto parsed = std::from_chars(given.data(), end, max);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            return refuse(400, fmt::format("bad max parameter {}", go_quote(given)));
        if (parts_.pack_max >= 0 && max > parts_.pack_max) {
            return refuse(400, fmt::format("bad max parameter {}, no more than {} are allowed",
                                           go_quote(given), parts_.pack_max));
        }
    }
    auto accounts = wait_for<std::vector<std::string>>(
        [&](auto done) { parts_.resolver.list(std::move(done)); });
    if (!accounts) return refuse(500, "error packing JWTs", accounts.error().text);
    std::sort(accounts->begin(), accounts->end());
    const std::string after = parameter(request, "after");
    auto next = std::upper_bound(accounts->begin(), accounts->end(), after);
    std::string out;
    int64_t packed = 0;
    while (next != accounts->end()) {
        if ((max >= 0 && packed >= max) || out.size() >= pack_page_bytes) break;
        auto count = std::min(pack_batch, accounts->end() - next);
        if (max >= 0) count = std::min<std::ptrdiff_t>(count, max - packed);
        const std::vector<std::string> batch(next, next + count);
        const auto jwts = fetch_all(parts_.resolver, batch);
        for (size_t i = 0; i < batch.size() && out.size() < pack_page_bytes; ++i, ++next) {
            ++packed;
            const auto& jwt = jwts[i];
            if (!jwt && jwt.error().code == Errc::not_found) continue;  // deleted meanwhile
            if (!jwt) return refuse(500, "error packing JWTs", jwt.error().text);
            if (!out.empty()) out += '\n';
            out += batch[i] + '|' + *jwt;
        }
    }
    HttpReply reply{200, text_plain, std::move(out), {}};
    if (next != accounts->end() && packed > 0) {
        reply.headers.emplace_back(
            "Link", fmt::format("</jwt/v1/pack?max={}&after={}>; rel=\"next\"", max, *(next - 1)));
    }
    return reply;
}

}  // namespace midge::tools
