#pragma once
// Implements $SYS.REQ.CLAIMS.DELETE (docs/protocol/resolver.md, Deletion).
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

class AccountResolver;
class TrustedOperators;

struct DeletionRequest {
    std::string issuer;  // issuer stated in the token; empty if it states none
    Result<std::vector<std::string>> accounts = std::vector<std::string>();
};

// Reads the request from a token that an operator has signed for itself. The error has
// nats-server's text.
[[nodiscard]] DeletionRequest read_deletion(const std::string& token,
                                            const TrustedOperators* operators,
                                            const std::string& system_account);

struct DeletionOutcome {
    size_t deleted = 0;
    std::vector<Error> failures;
};

// Deletes the accounts one after the other. Calls `deleted` for each account and `done` at the end,
// both in tasks of `post`, which runs them on the caller's thread.
void delete_accounts(std::shared_ptr<AccountResolver> resolver, std::vector<std::string> accounts,
                     std::function<void(std::function<void()>)> post,
                     std::function<void(const std::string&)> deleted,
                     std::function<void(const DeletionOutcome&)> done);

}  // namespace midge
