#pragma once
// $SYS.REQ.CLAIMS.DELETE (spec resolver.md 6).
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

class AccountResolver;
class TrustedOperators;

struct DeletionRequest {
    std::string issuer;  // as far as the token says; empty: it says nothing
    Result<std::vector<std::string>> accounts = std::vector<std::string>();
};

// What a token asks for that an operator signed for itself. The error is nats-server's text.
[[nodiscard]] DeletionRequest read_deletion(const std::string& token,
                                            const TrustedOperators* operators,
                                            const std::string& system_account);

struct DeletionOutcome {
    size_t deleted = 0;
    std::vector<Error> failures;
};

// Has the accounts deleted, one after the other. `deleted` hears of each and `done` of all, both by
// way of `post`, which runs tasks on the caller's thread.
void delete_accounts(std::shared_ptr<AccountResolver> resolver, std::vector<std::string> accounts,
                     std::function<void(std::function<void()>)> post,
                     std::function<void(const std::string&)> deleted,
                     std::function<void(const DeletionOutcome&)> done);

}  // namespace midge
