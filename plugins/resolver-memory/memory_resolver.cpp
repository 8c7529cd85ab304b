#include "resolver-memory/memory_resolver.h"

#include <fmt/format.h>

#include <utility>

#include "base/version.h"
#include "common/account_key.h"
#include "common/limits.h"
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

MemoryResolver::MemoryResolver(plugin::ResolverHost, std::string_view config_json)
    : jwts_(value_or_throw(parse_preload(config_json))) {}

void MemoryResolver::fetch(std::string account, plugin::Reply reply) {
    std::string jwt;
    {
        const std::lock_guard lock(mutex_);
        const auto it = jwts_.find(account);
        if (it != jwts_.end()) jwt = it->second;
    }
    if (jwt.empty()) return reply.fail(MIDGE_NOT_FOUND, account + " is not in memory");
    reply.ok(jwt);
}

void MemoryResolver::store(std::string account, std::string jwt, plugin::Reply reply) {
    {
        const std::lock_guard lock(mutex_);
        jwts_.insert_or_assign(std::move(account), std::move(jwt));
    }
    reply.ok();
}

void MemoryResolver::list(plugin::Reply reply) {
    std::string lines;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [account, jwt] : jwts_) lines.append(account).push_back('\n');
    }
    reply.ok(lines);
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
