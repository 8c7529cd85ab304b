#include "preload.h"

#include <algorithm>
#include <future>
#include <optional>

#include "auth/jwt.h"

namespace midge {
namespace {

Result<std::string> fetch(AccountResolver& resolver, const std::string& account) {
    std::promise<Result<std::string>> answer;
    resolver.fetch(account, [&](Result<std::string> jwt) { answer.set_value(std::move(jwt)); });
    return answer.get_future().get();
}

Result<> store(AccountResolver& resolver, const std::string& account, const std::string& jwt) {
    std::promise<Result<>> answer;
    resolver.store(account, jwt, [&](Result<> done) { answer.set_value(std::move(done)); });
    return answer.get_future().get();
}

Result<bool> store_if(AccountResolver& resolver, const std::string& account, const std::string& jwt,
                      const std::optional<std::string>& expected) {
    std::promise<Result<bool>> answer;
    resolver.store_if(account, jwt, expected,
                      [&](Result<bool> done) { answer.set_value(std::move(done)); });
    return answer.get_future().get();
}

bool is_newer(const std::string& jwt, const std::string& stored) {
    const auto offered = decode_account(jwt);
    const auto present = decode_account(stored);
    if (!offered || !present) return offered.has_value();
    return offered->jti != present->jti && offered->iat >= present->iat;
}

// If the resolver can compare, does not replace a newer JWT that somebody else stores meanwhile.
Result<> store_newer(AccountResolver& resolver, const std::string& account,
                     const std::string& jwt) {
    constexpr int attempts_max = 5;
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const auto stored = fetch(resolver, account);
        if (stored && !is_newer(jwt, *stored)) return {};
        const bool absent = !stored && stored.error().code == Errc::not_found;
        if (!resolver.can_store_if() || (!stored && !absent)) return store(resolver, account, jwt);
        const auto done =
            store_if(resolver, account, jwt, stored ? std::optional(*stored) : std::nullopt);
        if (!done) return tl::unexpected(done.error());
        if (*done) return {};
    }
    return fail(Errc::unavailable, "others store it all the time");
}

}  // namespace

Result<AccountResolver*> find_preload_target(
    const std::map<std::string, std::string>& preload,
    const std::vector<std::unique_ptr<AccountResolver>>& resolvers) {
    if (preload.empty() || resolvers.empty()) return nullptr;
    const auto found = std::find_if(resolvers.begin(), resolvers.end(),
                                    [](const auto& r) { return r->can_store(); });
    if (found == resolvers.end()) {
        return fail(
            Errc::unsupported,
            "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR");
    }
    return found->get();
}

void store_preload(const std::map<std::string, std::string>& preload, AccountResolver& resolver,
                   Logger& log) {
    for (const auto& [account, jwt] : preload) {
        if (auto done = store_newer(resolver, account, jwt); !done) {
            log.log_with(LogLevel::warn, {{"account", account}, {"reason", done.error().text}},
                         "Account [{}] of resolver_preload not stored: {}", account,
                         done.error().text);
        }
    }
}

}  // namespace midge
