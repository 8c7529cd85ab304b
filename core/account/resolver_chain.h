#pragma once
// Several resolvers asked one after the other.
#include <memory>
#include <vector>

#include "account/account_resolver.h"

namespace midge {

// fetch() gives the first resolver's answer that is a JWT; if none has it, `not_found` when all
// said so, else the first other error. store() goes to the first that stores; list() and erase() to
// the first that can. Safe from any thread.
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
    void fetch(const std::string& account, FetchDone done) override;
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    void stop() override;

  private:
    [[nodiscard]] AccountResolver* first_that(bool (AccountResolver::*can)() const noexcept) const;
    void fetch_from(size_t position, const std::string& account, Error so_far, FetchDone done);

    const std::vector<std::unique_ptr<AccountResolver>> resolvers_;
};

}  // namespace midge
