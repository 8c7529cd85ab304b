#pragma once
#include <map>
#include <mutex>

#include "account/account_resolver.h"
#include "common/nsc_store.h"

namespace midge::tools {

// The accounts of one operator, as nsc stores them by name. Answers within the call, under a lock;
// sees what nsc writes meanwhile. Cannot erase.
class NscResolver final : public AccountResolver {
  public:
    explicit NscResolver(NscStore store) : store_(std::move(store)) {}

    [[nodiscard]] std::string_view name() const noexcept override { return "nsc"; }
    [[nodiscard]] bool can_store() const noexcept override { return true; }
    [[nodiscard]] bool can_list() const noexcept override { return true; }
    [[nodiscard]] bool can_erase() const noexcept override { return false; }

    void fetch(const std::string& account, FetchDone done) override;
    // A new account gets the name in its claims; fails if another account has that name.
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    void stop() override {}

  private:
    struct Known {
        std::filesystem::file_time_type written;
        std::string account;  // empty: the file holds no account JWT
    };

    // Reads the files that changed since the last time.
    void refresh();
    // Requires refresh(); empty if there is none.
    [[nodiscard]] std::string name_of(const std::string& account) const;

    const NscStore store_;
    std::mutex mutex_;
    std::map<std::string, Known> known_;  // by name
};

}  // namespace midge::tools
