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

bool ResolverChain::can_store_if() const noexcept {
    const AccountResolver* const resolver = first_that(&AccountResolver::can_store);
    return resolver != nullptr && resolver->can_store_if();
}

void ResolverChain::fetch(const std::string& account, FetchDone done) {
    fetch_if_changed(account, {},
                     [done = std::move(done)](Result<std::optional<std::string>> answer) {
                         if (!answer) return done(pass(answer));
                         done(std::move(**answer));
                     });
}

void ResolverChain::fetch_if_changed(const std::string& account, const std::string& known_jwt,
                                     FetchChangedDone done) {
    fetch_from(0, {account, known_jwt, {Errc::not_found, "account missing"}}, std::move(done));
}

// The chain is still there: stop() ends all calls before the chain is destroyed.
void ResolverChain::fetch_from(size_t position, Question question, FetchChangedDone done) {
    if (position == resolvers_.size()) {
        done(tl::unexpected<Error>(std::move(question.so_far)));
        return;
    }
    AccountResolver& resolver = *resolvers_[position];
    const std::string account = question.account;
    const std::string known_jwt = question.known_jwt;
    auto next = [this, position, question = std::move(question),
                 done = std::move(done)](Result<std::optional<std::string>> answer) mutable {
        if (answer) {
            done(std::move(answer));
            return;
        }
        // The error of a resolver that could not answer is more important than that of one without
        // the account.
        if (question.so_far.code == Errc::not_found && answer.error().code != Errc::not_found) {
            question.so_far = std::move(answer.error());
        }
        fetch_from(position + 1, std::move(question), std::move(done));
    };
    if (!known_jwt.empty()) return resolver.fetch_if_changed(account, known_jwt, std::move(next));
    resolver.fetch(account, [next = std::move(next)](Result<std::string> jwt) mutable {
        if (!jwt) return next(pass(jwt));
        next(std::optional(std::move(*jwt)));
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

void ResolverChain::store_if(const std::string& account, const std::string& jwt,
                             const std::optional<std::string>& expected, const StoreIfDone& done) {
    AccountResolver* const resolver = first_that(&AccountResolver::can_store);
    if (resolver == nullptr) {
        done(fail(Errc::unsupported, "no resolver stores accounts"));
        return;
    }
    resolver->store_if(account, jwt, expected, done);
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

void ResolverChain::report(std::vector<ComponentReport>& out) {
    for (const auto& resolver : resolvers_) resolver->report(out);
}

void ResolverChain::stop() {
    for (const auto& resolver : resolvers_) resolver->stop();
}

}  // namespace midge
