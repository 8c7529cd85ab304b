#pragma once
// One account: a subject space of its own, with limits and statistics.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "account/stream_imports.h"
#include "auth/claims.h"
#include "base/clock.h"
#include "subject/match_cache.h"
#include "subject/subject_index.h"
#include "subject/subject_mappings.h"

namespace midge {

inline constexpr const char* global_account_name = "$G";
inline constexpr const char* default_system_account_name = "$SYS";

struct MessageCount {
    uint64_t messages = 0;
    uint64_t bytes = 0;  // of payloads and headers
};

// What one lane (thread that routes messages) keeps of an account. Only that thread writes; the
// counters may be read by others.
class AccountLane {
  public:
    RecentMatch matches;

    void count_received(size_t bytes) noexcept {
        add(received_messages_, 1), add(received_bytes_, bytes);
    }
    void count_sent(size_t messages, size_t bytes_each) noexcept {
        add(sent_messages_, messages), add(sent_bytes_, messages * bytes_each);
    }
    [[nodiscard]] MessageCount received() const noexcept {
        return {get(received_messages_), get(received_bytes_)};
    }
    [[nodiscard]] MessageCount sent() const noexcept {
        return {get(sent_messages_), get(sent_bytes_)};
    }

  private:
    // One writer, so no locked instruction is needed.
    static void add(std::atomic<uint64_t>& counter, uint64_t n) noexcept {
        counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    static uint64_t get(const std::atomic<uint64_t>& counter) noexcept {
        return counter.load(std::memory_order_relaxed);
    }
    std::atomic<uint64_t> received_messages_{0}, received_bytes_{0}, sent_messages_{0},
        sent_bytes_{0};
};

// What an account may use; no_limit where nothing is said.
struct AccountQuota {
    int64_t connections = no_limit;
    int64_t subscriptions = no_limit;  // of one connection
    int64_t payload_bytes = no_limit;
};

// Which messages of an account are traced besides those that ask for it: of those with a W3C trace
// context that says "sampled" (spec system-events.md 7).
struct AccountTrace {
    std::string destination;  // subject that gets the traces
    int sampling = 100;       // percent of those messages
};

// Owned by the registry, which keeps it for ever: a reference is good for the life of the broker.
// Safe from any thread.
class Account {
  public:
    Account(std::string name, unsigned lanes, bool is_system);

    [[nodiscard]] const std::string& name() const noexcept {
        return name_;
    }  // public key, name of the configuration, or "$G"
    [[nodiscard]] bool is_system() const noexcept { return is_system_; }
    [[nodiscard]] bool is_global() const noexcept { return name_ == global_account_name; }
    [[nodiscard]] SubjectIndex& index() noexcept { return index_; }
    [[nodiscard]] const SubjectIndex& index() const noexcept { return index_; }
    [[nodiscard]] AccountLane& lane(unsigned index) noexcept { return *lanes_[index]; }

    // The claims in force; null for accounts without a JWT.
    [[nodiscard]] std::shared_ptr<const AccountClaims> claims() const;
    [[nodiscard]] std::string display_name() const;  // of the claims; else name()
    // The JWT that the claims were decoded from.
    [[nodiscard]] std::string jwt() const;
    // With what they map, at once.
    void set_claims(std::shared_ptr<const AccountClaims> claims, std::string jwt,
                    std::shared_ptr<const SubjectMappings> mappings);
    // How often it has got claims, or lost them.
    [[nodiscard]] uint64_t claims_number() const;
    // Whether nobody may log in before the account was found again.
    [[nodiscard]] bool is_gone() const noexcept { return gone_.load(std::memory_order_relaxed); }
    void set_gone();

    // Of an account of the configuration; one with a JWT has those of its claims.
    void set_quota(const AccountQuota& quota) noexcept;
    [[nodiscard]] AccountQuota quota() const noexcept;

    // Null: nothing is mapped. Sessions keep it, and ask again when they hear of a reload or of new
    // claims.
    [[nodiscard]] std::shared_ptr<const SubjectMappings> mappings() const;
    void set_mappings(std::shared_ptr<const SubjectMappings> mappings);
    // Those in force; sessions follow changes as they do those of mappings.
    [[nodiscard]] StreamImports stream_imports() const;
    void set_stream_imports(StreamImports imports);

    // Null: none. Shared with who is just tracing.
    [[nodiscard]] std::shared_ptr<const AccountTrace> trace() const;
    [[nodiscard]] bool has_trace() const noexcept {
        return traced_.load(std::memory_order_relaxed);
    }
    void set_trace(std::optional<AccountTrace> trace);

    // Counts a client in unless the account's limit of connections is reached.
    [[nodiscard]] bool client_connected();
    void client_disconnected() noexcept;
    // Subscriptions of the server's own, which are in the index like others.
    void count_own_subscriptions(int change) noexcept {
        own_subscriptions_.fetch_add(change, std::memory_order_relaxed);
    }
    // Whether any client subscribes to anything.
    [[nodiscard]] bool has_subscribers() const noexcept {
        return static_cast<int64_t>(index_.size()) >
               own_subscriptions_.load(std::memory_order_relaxed);
    }
    void count_slow_consumer() noexcept { slow_consumers_.fetch_add(1, std::memory_order_relaxed); }
    // Whether the log may hear of a limit that was reached: once in two seconds, since clients try
    // again.
    [[nodiscard]] bool may_log_limit(SteadyClock::time_point now) noexcept;
    [[nodiscard]] int connections() const noexcept {
        return connections_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] int64_t slow_consumers() const noexcept {
        return slow_consumers_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] MessageCount received() const noexcept;  // from clients
    [[nodiscard]] MessageCount sent() const noexcept;      // to clients

  private:
    const std::string name_;
    const bool is_system_;
    SubjectIndex index_;
    std::vector<std::unique_ptr<AccountLane>> lanes_;
    std::atomic<int> connections_{0};
    std::atomic<int> own_subscriptions_{0};
    std::atomic<int64_t> connections_max_{no_limit};
    std::atomic<int64_t> subscriptions_max_{no_limit};
    std::atomic<int64_t> payload_bytes_max_{no_limit};
    std::atomic<int64_t> slow_consumers_{0};
    std::atomic<bool> gone_{false};
    std::atomic<int64_t> limit_logged_{0};  // nanoseconds of the steady clock
    std::atomic<bool> traced_{false};       // whether trace_ is there

    mutable std::mutex claims_mutex_;
    std::shared_ptr<const AccountClaims>
        claims_;  // shared: logins judge by it while it may be replaced
    std::string jwt_;
    uint64_t claims_number_ = 0;
    std::shared_ptr<const SubjectMappings> mappings_;  // shared with sessions
    StreamImports stream_imports_;
    std::shared_ptr<const AccountTrace> trace_;
};

}  // namespace midge
