#pragma once
// Where account JWTs come from: a small asynchronous interface that plugins implement through
// plugins/host.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace midge {

// Storage of account JWTs and nothing else: it checks no signature and knows no session. JWT
// validation, newer-wins, expiry and the chain of resolvers are the caller's. Every call may come
// from any thread and returns without waiting; the callback runs exactly once, from any thread
// (also from within the call), with Errc::timeout if the storage did not answer in time.
class AccountResolver {
  public:
    using FetchDone = std::function<void(Result<std::string> jwt)>;
    using ListDone = std::function<void(Result<std::vector<std::string>> accounts)>;
    using Done = std::function<void(Result<>)>;

    virtual ~AccountResolver() = default;

    // For logs: "resolver-url".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual bool can_store() const noexcept = 0;
    [[nodiscard]] virtual bool can_list() const noexcept = 0;
    [[nodiscard]] virtual bool can_erase() const noexcept = 0;

    // `account`: a valid public account key ("A..."), else the callback gets Errc::invalid. An
    // account that is not stored gives Errc::not_found.
    virtual void fetch(const std::string& account, FetchDone done) = 0;
    // Replaces what is stored. Errc::unsupported if !can_store().
    virtual void store(const std::string& account, const std::string& jwt, Done done) = 0;
    virtual void list(ListDone done) = 0;
    // An account that is not stored is no error.
    virtual void erase(const std::string& account, Done done) = 0;
    // Answers what is outstanding with Errc::unavailable and joins the threads; no callback runs
    // after it returned.
    virtual void stop() = 0;
};

}  // namespace midge
