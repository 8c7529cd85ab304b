#include "services/account_deletion.h"

#include <memory>
#include <utility>

#include "account/account_resolver.h"
#include "auth/generic_claims.h"
#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/trust.h"
#include "base/json.h"

namespace midge {
namespace {

Result<std::vector<std::string>> accounts_of(const GenericClaims& claims,
                                             const std::string& system_account) {
    const auto malformed = [] { return fail(Errc::invalid, "malformed request"); };
    if (!claims.nats->has("accounts")) return malformed();
    auto accounts = json_strings(claims.nats, "accounts");
    if (!accounts) return malformed();
    for (const std::string& account : *accounts) {
        if (!is_public_key(KeyKind::account, account)) return malformed();
        if (account == system_account)
            return fail(Errc::denied, "not allowed to delete system account");
    }
    return accounts;
}

class Deletion : public std::enable_shared_from_this<Deletion> {
  public:
    Deletion(std::shared_ptr<AccountResolver> resolver, std::vector<std::string> accounts,
             std::function<void(std::function<void()>)> post,
             std::function<void(const std::string&)> deleted,
             std::function<void(const DeletionOutcome&)> done)
        : resolver_(std::move(resolver)),
          accounts_(std::move(accounts)),
          post_(std::move(post)),
          deleted_(std::move(deleted)),
          done_(std::move(done)) {}

    void next() {
        if (at_ == accounts_.size()) return done_(outcome_);
        resolver_->erase(accounts_[at_], [self = shared_from_this()](Result<> erased) {
            self->post_([self, erased = std::move(erased)] { self->take(erased); });
        });
    }

  private:
    void take(const Result<>& erased) {
        if (erased) {
            ++outcome_.deleted;
            deleted_(accounts_[at_]);
        } else {
            outcome_.failures.push_back(erased.error());
        }
        ++at_;
        next();
    }

    const std::shared_ptr<AccountResolver> resolver_;
    const std::vector<std::string> accounts_;
    const std::function<void(std::function<void()>)> post_;
    const std::function<void(const std::string&)> deleted_;
    const std::function<void(const DeletionOutcome&)> done_;
    size_t at_ = 0;
    DeletionOutcome outcome_;
};

}  // namespace

DeletionRequest read_deletion(const std::string& token, const TrustedOperators* operators,
                              const std::string& system_account) {
    const auto claims = decode_generic(token);
    if (!claims) return {{}, tl::unexpected(claims.error())};
    if (claims->sub != claims->iss) return {claims->sub, fail(Errc::denied, "not self signed")};
    if (operators == nullptr || !operators->trusts(claims->iss))
        return {claims->sub, fail(Errc::denied, "not trusted")};
    return {claims->sub, accounts_of(*claims, system_account)};
}

void delete_accounts(std::shared_ptr<AccountResolver> resolver, std::vector<std::string> accounts,
                     std::function<void(std::function<void()>)> post,
                     std::function<void(const std::string&)> deleted,
                     std::function<void(const DeletionOutcome&)> done) {
    std::make_shared<Deletion>(std::move(resolver), std::move(accounts), std::move(post),
                               std::move(deleted), std::move(done))
        ->next();
}

}  // namespace midge
