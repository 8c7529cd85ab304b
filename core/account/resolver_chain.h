#pragma once
// Several resolvers, which are asked one after the other.
#include <memory>
#include <vector>

#include "account/account_resolver.h"

namespace midge {

// fetch() returns the JWT of the first resolver that has one. If none has, it returns `not_found`
// if all resolvers said so, or else the first other error. store() and store_if() use the first
// resolver that stores; list() and erase() use the first one that supports them. Usable from any
// thread.
class ResolverChain final : public AccountResolver {
  public:
    explicit ResolverChain(std::vector<std::unique_ptr<AccountResolver>> resolvers)
        : resolvers_(std::move(resolvers)) {}

    [[nodiscard]] std::string_view name() const noexcept override;
    [[nodiscard]] bool can_store() const noexcept override {
        return first_that(&AccountResolver::can_store);
    }
    [[nodiscard]] bool can_list() const noexcept override {
        return first_that(&AccountResolver::can_list);
    }
    [[nodiscard]] bool can_erase() const noexcept override {
        return first_that(&AccountResolver::can_erase);
    }
    [[nodiscard]] bool can_store_if() const noexcept override;
    void fetch(const std::string& account, FetchDone done) override;
    void fetch_if_changed(const std::string& account, const std::string& known_jwt,
                          FetchChangedDone done) override;
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void store_if(const std::string& account, const std::string& jwt,
                  const std::optional<std::string>& expected, const StoreIfDone& done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    void report(std::vector<ComponentReport>& out) override;
    void stop() override;

  private:
    [[nodiscard]] AccountResolver* first_that(bool (AccountResolver::*can)() const noexcept) const;
    // A question, and its result so far.
    struct Question {
        std::string account;
        std::string known_jwt;
        Error so_far;
    };
    void fetch_from(size_t position, Question question, FetchChangedDone done);

    const std::vector<std::unique_ptr<AccountResolver>> resolvers_;
};

}  // namespace midge
