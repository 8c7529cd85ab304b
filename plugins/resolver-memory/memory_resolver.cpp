#include "resolver-memory/memory_resolver.h"

#include <fmt/format.h>

#include <utility>

#include "base/version.h"
#include "common/account_key.h"
#include "common/limits.h"
#include "common/list_page.h"
#include "common/settings.h"

namespace midge {
namespace {

Result<std::map<std::string, std::string>> parse_preload(std::string_view config_json) {
    auto settings = parse_settings(config_json, {"preload"});
    if (!settings) return pass(settings);
    auto preload = json_object(*settings, "preload");
    if (!preload) return pass(preload);
    std::map<std::string, std::string> jwts;
    if (preload->isNull()) return jwts;
    for (const auto& [account, value] : **preload) {
        if (!has_account_key_form(account)) {
            return fail(Errc::invalid,
                        fmt::format("preload: \"{}\" is not an account key", account));
        }
        auto jwt = required_setting(*preload, account);
        if (!jwt) return fail(Errc::invalid, "preload: " + jwt.error().text);
        if (jwt->size() > jwt_bytes_max) {
            return fail(Errc::invalid, fmt::format("preload: JWT of {} has {} bytes, at most {}",
                                                   account, jwt->size(), jwt_bytes_max));
        }
        jwts.emplace(account, std::move(*jwt));
    }
    return jwts;
}

}  // namespace

MemoryResolver::MemoryResolver(plugin::ResolverHost host, const plugin::ResolverStart& start)
    : host_(host), jwts_(value_or_throw(parse_preload(start.config_json))) {}

void MemoryResolver::fetch(plugin::FetchRequest request, plugin::Reply reply) {
    std::string jwt;
    {
        const std::lock_guard lock(mutex_);
        const auto it = jwts_.find(request.account);
        if (it != jwts_.end()) jwt = it->second;
    }
    if (jwt.empty()) return reply.fail(MIDGE_NOT_FOUND, request.account + " is not in memory");
    if (!request.have.empty() && host_.version_of(jwt) == request.have) return reply.unchanged();
    reply.ok(jwt);
}

void MemoryResolver::store(plugin::StoreRequest request, plugin::Reply reply) {
    bool stored = false;
    {
        const std::lock_guard lock(mutex_);
        const auto it = jwts_.find(request.account);
        stored = request.allows(it == jwts_.end() ? std::string_view() : it->second, host_);
        if (stored) jwts_.insert_or_assign(std::move(request.account), std::move(request.jwt));
    }
    if (!stored) return reply.conflict();
    reply.ok();
}

void MemoryResolver::list(plugin::ListRequest request, plugin::Reply reply) {
    std::vector<std::string> accounts;
    {
        const std::lock_guard lock(mutex_);
        auto it = jwts_.upper_bound(request.cursor);
        for (; it != jwts_.end() && accounts.size() <= request.limit; ++it)
            accounts.push_back(it->first);
    }
    answer_page(reply, request, accounts);
}

void MemoryResolver::report(const plugin::Report& to) {
    const std::lock_guard lock(mutex_);
    to.metric("accounts", static_cast<int64_t>(jwts_.size()));
}

void MemoryResolver::erase(std::string account, plugin::Reply reply) {
    {
        const std::lock_guard lock(mutex_);
        jwts_.erase(account);
    }
    reply.ok();
}

const midge_resolver* resolver_memory_table() {
    static constexpr midge_resolver table =
        plugin::ResolverThunks<MemoryResolver>::table("resolver-memory", midge_version);
    return &table;
}

}  // namespace midge
