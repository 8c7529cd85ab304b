#include "account/resolver_chain.h"

namespace midge {

std::string_view ResolverChain::name() const noexcept {
    return resolvers_.empty()       ? "none"
           : resolvers_.size() == 1 ? resolvers_.front()->name()
                                    : "chain";
}

AccountResolver* ResolverChain::first_that(bool (AccountResolver::*can)() const noexcept) const {
    for (const auto& resolver : resolvers_) {
        if ((resolver.get()->*can)()) return resolver.get();
    }
    return nullptr;
}

void ResolverChain::fetch(const std::string& account, FetchDone done) {
    fetch_from(0, account, Error{Errc::not_found, "account missing"}, std::move(done));
}

// The chain outlives its calls: stop() ends them before it is destroyed.
void ResolverChain::fetch_from(size_t position, const std::string& account, Error so_far,
                               FetchDone done) {
    if (position == resolvers_.size()) {
        done(tl::unexpected<Error>(std::move(so_far)));
        return;
    }
    resolvers_[position]->fetch(
        account, [this, position, account, so_far = std::move(so_far),
                  done = std::move(done)](Result<std::string> answer) mutable {
            if (answer) {
                done(std::move(answer));
                return;
            }
            // A resolver that could not answer says more than one that does not know the account.
            if (so_far.code == Errc::not_found && answer.error().code != Errc::not_found) {
                so_far = std::move(answer.error());
            }
            fetch_from(position + 1, account, std::move(so_far), std::move(done));
        });
}

void ResolverChain::store(const std::string& account, const std::string& jwt, Done done) {
    AccountResolver* const resolver = first_that(&AccountResolver::can_store);
    if (resolver == nullptr) {
        done(fail(Errc::unsupported, "no resolver stores accounts"));
        return;
    }
    resolver->store(account, jwt, std::move(done));
}

void ResolverChain::list(ListDone done) {
    AccountResolver* const resolver = first_that(&AccountResolver::can_list);
    if (resolver == nullptr) {
        done(fail(Errc::unsupported, "no resolver lists accounts"));
        return;
    }
    resolver->list(std::move(done));
}

void ResolverChain::erase(const std::string& account, Done done) {
    AccountResolver* const resolver = first_that(&AccountResolver::can_erase);
    if (resolver == nullptr) {
        done(fail(Errc::unsupported, "no resolver deletes accounts"));
        return;
    }
    resolver->erase(account, std::move(done));
}

void ResolverChain::stop() {
    for (const auto& resolver : resolvers_) resolver->stop();
}

}  // namespace midge
