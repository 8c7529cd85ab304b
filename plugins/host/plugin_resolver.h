#pragma once
// The host's side of a resolver plugin.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "abi/midge_resolver.h"
#include "account/account_resolver.h"
#include "base/log.h"
#include "common/limits.h"
#include "host/limits.h"
#include "host/pending_requests.h"
#include "host/plugin_journal.h"
#include "host/turnstile.h"

namespace midge {

// What makes one instance differ from another.
struct ResolverSetup {
    std::string config_json = "{}";
    // > 0; holds for each fetch, for all else at least manage_timeout_min.
    std::chrono::milliseconds timeout{1900};
    std::string instance = {};  // empty: the plugin's name
};

// One instance of a resolver plugin, whether loaded or linked in. Trusts the plugin with its own
// memory and nothing else: requests have numbers and deadlines, and answers that are late, double
// or to an unknown number are ignored with a log line. Callbacks run on a thread of its own, so
// that nothing that a caller does calls the plugin from its own answer. Owned by whoever resolves
// accounts (the broker, the account server); any thread.
class PluginResolver final : public AccountResolver {
  public:
    // Runs on the resolver's thread, with a valid account key unless all accounts are meant.
    using Changed = std::function<void(AccountChange)>;

    // Makes an instance. `table` (LoadedPlugin::table, or that of a linked-in plugin) lives as long
    // as the process; `changed` may be empty; `log` outlives it. Fails with Errc::invalid when the
    // table does not fit, or the settings are refused (the reason is in the log, and in the error
    // text).
    [[nodiscard]] static Result<std::unique_ptr<PluginResolver>> create(const midge_resolver& table,
                                                                        const ResolverSetup& setup,
                                                                        Changed changed,
                                                                        Logger& log);

    ~PluginResolver() override;

    [[nodiscard]] std::string_view name() const noexcept override { return journal_.name(); }
    [[nodiscard]] std::string_view version() const noexcept;
    [[nodiscard]] bool can_store() const noexcept override { return table_.store != nullptr; }
    [[nodiscard]] bool can_list() const noexcept override { return table_.list != nullptr; }
    [[nodiscard]] bool can_erase() const noexcept override { return table_.erase != nullptr; }
    [[nodiscard]] bool can_store_if() const noexcept override {
        return can_store() && (table_.features & MIDGE_RESOLVER_COMPARES) != 0;
    }

    // Besides what AccountResolver says: Errc::unavailable at once when pending_requests_max are
    // waiting.
    void fetch(const std::string& account, FetchDone done) override;
    void fetch_if_changed(const std::string& account, const std::string& known_jwt,
                          FetchChangedDone done) override;
    void fetch_each(const std::vector<std::string>& accounts, const FetchEachDone& done) override;
    // Errc::invalid for an empty JWT or one over jwt_bytes_max.
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void store_if(const std::string& account, const std::string& jwt,
                  const std::optional<std::string>& expected, const StoreIfDone& done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    void report(std::vector<ComponentReport>& out) override;
    // Not from within a callback of this resolver: it waits for those.
    void stop() override;

  private:
    struct Host;
    struct Listing;  // pages that came so far

    PluginResolver(const midge_resolver& table, const ResolverSetup& setup, Changed changed,
                   Logger& log);
    [[nodiscard]] Result<> start(const ResolverSetup& setup);
    // Registers a request with one answer for each of `dones` and calls the plugin with its number;
    // an answer over `bytes_max` is refused.
    template <class Call>
    void request(std::vector<PendingRequests::Done> dones, std::chrono::milliseconds timeout,
                 Call call, size_t bytes_max = jwt_bytes_max);
    void fetch_one(const std::string& account, const std::string& have, PendingRequests::Done done);
    void fetch_some(const std::vector<std::string>& accounts, size_t from, size_t count,
                    const FetchEachDone& done);
    [[nodiscard]] Result<> check_store(const std::string& account, const std::string& jwt) const;
    void send_store(const std::string& account, const std::string& jwt, uint32_t condition,
                    const std::string& expected, PendingRequests::Done done);
    void list_page(const std::shared_ptr<Listing>& listing);
    [[nodiscard]] std::chrono::milliseconds manage_timeout() const noexcept;
    [[nodiscard]] PendingRequests::Overdue canceller();
    void on_complete(uint64_t number, const midge_answer& answer);
    void note_ignored(uint64_t number, uint32_t index);
    void on_changed(int kind, midge_text account);
    void tell_changes();

    const midge_resolver table_;
    const Changed changed_;
    const std::chrono::milliseconds fetch_timeout_;
    PluginJournal journal_;
    PendingRequests pending_;
    Turnstile calls_;  // threads inside the plugin's functions
    std::atomic<uint64_t> ignored_answers_{0};
    std::mutex changes_mutex_;
    std::vector<AccountChange> changes_;  // that tell_changes() will pass on
    std::mutex report_mutex_;
    Host& host_;            // lives as long as the process
    void* self_ = nullptr;  // the plugin's instance
    bool created_ = false;
    std::mutex stop_mutex_;
    bool stopped_ = false;
};

}  // namespace midge
