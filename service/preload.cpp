#include "preload.h"

#include <algorithm>
#include <future>

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

bool is_newer(const std::string& jwt, const std::string& stored) {
    const auto offered = decode_account(jwt);
    const auto present = decode_account(stored);
    if (!offered || !present) return offered.has_value();
    return offered->jti != present->jti && offered->iat >= present->iat;
}

}  // namespace

Result<> store_preload(const std::map<std::string, std::string>& preload,
                       const std::vector<std::unique_ptr<AccountResolver>>& resolvers,
                       Logger& log) {
    if (preload.empty() || resolvers.empty()) return {};
    const auto found = std::find_if(resolvers.begin(), resolvers.end(),
                                    [](const auto& r) { return r->can_store(); });
    if (found == resolvers.end()) {
        return fail(
            Errc::unsupported,
            "resolver preloads only available for writeable resolver types MEM/DIR/CACHE_DIR");
    }
    AccountResolver& resolver = **found;
    for (const auto& [account, jwt] : preload) {
        const auto stored = fetch(resolver, account);
        if (stored && !is_newer(jwt, *stored)) continue;
        if (auto done = store(resolver, account, jwt); !done) {
            log.warn("Account [{}] of resolver_preload not stored: {}", account, done.error().text);
        }
    }
    return {};
}

}  // namespace midge
