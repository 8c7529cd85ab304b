#pragma once
#include <map>
#include <mutex>

#include "account/account_resolver.h"
#include "common/nsc_store.h"

namespace midge::tools {

// The accounts of one operator in the files of nsc, which have the accounts' names. Answers within
// the call, under a lock. Notices changes by nsc. Cannot erase.
class NscResolver final : public AccountResolver {
  public:
    explicit NscResolver(NscStore store) : store_(std::move(store)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "nsc"; }
    [[nodiscard]] bool can_store() const noexcept override { return true; }
    [[nodiscard]] bool can_list() const noexcept override { return true; }
    [[nodiscard]] bool can_erase() const noexcept override { return false; }

    void fetch(const std::string& account, FetchDone done) override;
    // The name of a new account is that in its claims. Fails if another account has the name.
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    void stop() override {}

  private:
    struct Known {
        std::filesystem::file_time_type written;
        std::string account;  // empty: the file contains no account JWT
    };

    // Reads the files that have changed since the last call.
    void refresh();
    // Requires: refresh() was called. Returns an empty text if there is no such account.
    [[nodiscard]] std::string name_of(const std::string& account) const;

    const NscStore store_;
    std::mutex mutex_;
    std::map<std::string, Known> known_;  // by name
};

}  // namespace midge::tools
