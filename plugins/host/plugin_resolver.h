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

// The parameters of an instance.
struct ResolverSetup {
    std::string config_json = "{}";
    // Time limit of a fetch, more than 0. Other requests have at least manage_timeout_min.
    std::chrono::milliseconds timeout{1900};
    std::string instance = {};  // empty: the plugin's name
};

// One instance of a resolver plugin, loaded or linked in. The plugin is trusted not to corrupt
// memory, but not to answer correctly: requests have numbers and deadlines, and answers that are
// late, duplicate or for an unknown number are ignored with a log line. Callbacks run on a separate
// thread, so that a callback never calls the plugin within the plugin's answer. Owned by the user
// of the accounts (the broker, the account server); usable from any thread.
class PluginResolver final : public AccountResolver {
  public:
    // Called on the resolver's thread, with a valid account key unless all accounts are meant.
    using Changed = std::function<void(AccountChange)>;

    // Makes an instance. Requires: `table` (LoadedPlugin::table, or that of a linked-in plugin)
    // exists as long as the process, and `log` outlives the instance. `changed` may be empty. Fails
    // with Errc::invalid if the table is not usable, or the plugin refuses the settings (the reason
    // is in the log and the error text).
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

    // As AccountResolver describes. If pending_requests_max are waiting, the callback gets
    // Errc::unavailable immediately.
    void fetch(const std::string& account, FetchDone done) override;
    void fetch_if_changed(const std::string& account, const std::string& known_jwt,
                          FetchChangedDone done) override;
    void fetch_each(const std::vector<std::string>& accounts, const FetchEachDone& done) override;
    // Errc::invalid if the JWT is empty or has more than jwt_bytes_max bytes.
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void store_if(const std::string& account, const std::string& jwt,
                  const std::optional<std::string>& expected, const StoreIfDone& done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    void report(std::vector<ComponentReport>& out) override;
    // Requires: not called within a callback of this resolver, because it waits for them.
    void stop() override;

  private:
    struct Host;
    struct Listing;  // pages received so far

    PluginResolver(const midge_resolver& table, const ResolverSetup& setup, Changed changed,
                   Logger& log);
    [[nodiscard]] Result<> start(const ResolverSetup& setup);
    // Registers a request with one answer for each of `dones`, and calls the plugin with its
    // number. Answers of more than `bytes_max` bytes are refused.
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
    Turnstile calls_;  // threads that are in the plugin's functions
    std::atomic<uint64_t> ignored_answers_{0};
    std::mutex changes_mutex_;
    std::vector<AccountChange> changes_;  // changes that tell_changes() will pass on
    std::mutex report_mutex_;
    Host& host_;            // lives as long as the process
    void* self_ = nullptr;  // the plugin's instance
    bool created_ = false;
    std::mutex stop_mutex_;
    bool stopped_ = false;
};

}  // namespace midge
