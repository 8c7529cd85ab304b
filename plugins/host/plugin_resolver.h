#pragma once
// The host's side of a resolver plugin.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "abi/midge_resolver.h"
#include "account/account_resolver.h"
#include "base/log.h"
#include "common/limits.h"
#include "host/pending_requests.h"
#include "host/plugin_journal.h"
#include "host/turnstile.h"

namespace midge {

// The largest answer to a list: over a million account keys.
inline constexpr size_t account_list_bytes_max = 64 * 1024 * 1024;

// How long storing, listing and erasing may take at least.
inline constexpr std::chrono::milliseconds manage_timeout_min{5000};

// One instance of a resolver plugin, whether loaded or linked in. Trusts the plugin with its own
// memory and nothing else: requests have numbers and deadlines, and answers that are late, double
// or to an unknown number are ignored with a log line. Owned by whoever resolves accounts (the
// broker, the account server); any thread.
class PluginResolver final : public AccountResolver {
  public:
    // Runs on a thread of the plugin, with a valid account key.
    using Changed = std::function<void(std::string account)>;

    // Makes an instance. `table` (LoadedPlugin::table, or that of a linked-in plugin) lives as long
    // as the process; `config_json` is a JSON object; `timeout` > 0 holds for each fetch,
    // for all else at least manage_timeout_min; `changed` may be empty; `log` outlives it. Fails
    // with Errc::invalid when the table does not fit, or the plugin refuses its settings (the
    // reason is in the log, and in the error text).
    [[nodiscard]] static Result<std::unique_ptr<PluginResolver>> create(
        const midge_resolver& table, const std::string& config_json,
        std::chrono::milliseconds timeout, Changed changed, Logger& log);

    ~PluginResolver() override;

    [[nodiscard]] std::string_view name() const noexcept override { return journal_.name(); }
    [[nodiscard]] std::string_view version() const noexcept;
    [[nodiscard]] bool can_store() const noexcept override { return table_.store != nullptr; }
    [[nodiscard]] bool can_list() const noexcept override { return table_.list != nullptr; }
    [[nodiscard]] bool can_erase() const noexcept override { return table_.erase != nullptr; }

    // Besides what AccountResolver says: Errc::unavailable at once when pending_requests_max are
    // waiting.
    void fetch(const std::string& account, FetchDone done) override;
    // Errc::invalid for an empty JWT or one over jwt_bytes_max.
    void store(const std::string& account, const std::string& jwt, Done done) override;
    void list(ListDone done) override;
    void erase(const std::string& account, Done done) override;
    // Not from within a callback of this resolver: it waits for those.
    void stop() override;

  private:
    struct Host;

    PluginResolver(const midge_resolver& table, std::chrono::milliseconds timeout, Changed changed,
                   Logger& log);
    [[nodiscard]] Result<> start(const std::string& config_json);
    // Registers a request and calls the plugin with its number; an answer over `bytes_max` is
    // refused.
    template <class Call>
    void request(PendingRequests::Done done, std::chrono::milliseconds timeout, Call call,
                 size_t bytes_max = jwt_bytes_max);
    [[nodiscard]] std::chrono::milliseconds manage_timeout() const noexcept;
    void on_complete(uint64_t number, int status, midge_text value);
    void on_changed(midge_text account);

    const midge_resolver& table_;
    const Changed changed_;
    const std::chrono::milliseconds fetch_timeout_;
    PluginJournal journal_;
    PendingRequests pending_;
    Turnstile calls_;  // threads inside the plugin's request functions
    std::atomic<uint64_t> ignored_answers_{0};
    Host& host_;            // lives as long as the process
    void* self_ = nullptr;  // the plugin's instance
    bool created_ = false;
    std::mutex stop_mutex_;
    bool stopped_ = false;
};

}  // namespace midge
