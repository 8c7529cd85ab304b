#pragma once
// An account: a separate space of subjects, with limits and statistics.
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

// The part of an account that belongs to one lane (a thread that routes messages). Only that thread
// writes; other threads may read the counters.
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
    // There is only one writer, so a locked instruction is not necessary.
    static void add(std::atomic<uint64_t>& counter, uint64_t n) noexcept {
        counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    static uint64_t get(const std::atomic<uint64_t>& counter) noexcept {
        return counter.load(std::memory_order_relaxed);
    }
    std::atomic<uint64_t> received_messages_{0}, received_bytes_{0}, sent_messages_{0},
        sent_bytes_{0};
};

// Limits of an account that is configured without a JWT; no_limit if not configured.
struct AccountQuota {
    int64_t connections = no_limit;
    int64_t subscriptions = no_limit;  // per connection
    int64_t payload_bytes = no_limit;
};

// The additional messages of an account that are traced: a part of those with a sampled W3C trace
// context (docs/protocol/system-events.md, Message traces).
struct AccountTrace {
    std::string destination;  // subject that gets the traces
    int sampling = 100;       // percent of those messages
};

// Owned by the registry, which never deletes it: references stay valid for the life of the broker.
// Usable from any thread.
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

    // The current claims; null for accounts without a JWT.
    [[nodiscard]] std::shared_ptr<const AccountClaims> claims() const;
    [[nodiscard]] std::string display_name() const;  // from the claims, or else name()
    // The JWT of the current claims.
    [[nodiscard]] std::string jwt() const;
    // Sets the claims and their mappings in one step.
    void set_claims(std::shared_ptr<const AccountClaims> claims, std::string jwt,
                    std::shared_ptr<const SubjectMappings> mappings);
    // The number of changes of the claims, including their removal.
    [[nodiscard]] uint64_t claims_number() const;
    // When it was made, or when its claims changed for the last time.
    [[nodiscard]] WallNanos updated() const noexcept {
        return updated_.load(std::memory_order_relaxed);
    }
    // Whether logins are refused until a resolver finds the account again.
    [[nodiscard]] bool is_gone() const noexcept { return gone_.load(std::memory_order_relaxed); }
    void set_gone();
    // The last source of accounts that has been asked for it (AccountRegistry::set_source).
    [[nodiscard]] uint64_t confirmed_by() const noexcept {
        return confirmed_by_.load(std::memory_order_relaxed);
    }
    void set_confirmed_by(uint64_t source) noexcept {
        confirmed_by_.store(source, std::memory_order_relaxed);
    }

    // Sets the limits of an account of the configuration. For an account with a JWT, its claims
    // have the limits.
    void set_quota(const AccountQuota& quota) noexcept;
    [[nodiscard]] AccountQuota quota() const noexcept;

    // The current mappings; null if there are none. Sessions keep the pointer, and ask again after
    // a reload or new claims.
    [[nodiscard]] std::shared_ptr<const SubjectMappings> mappings() const;
    void set_mappings(std::shared_ptr<const SubjectMappings> mappings);
    // The current imports. Sessions notice changes in the same way as those of mappings.
    [[nodiscard]] StreamImports stream_imports() const;
    void set_stream_imports(StreamImports imports);

    // Null if messages are not traced. Shared, because a message may be traced while it changes.
    [[nodiscard]] std::shared_ptr<const AccountTrace> trace() const;
    [[nodiscard]] bool has_trace() const noexcept {
        return traced_.load(std::memory_order_relaxed);
    }
    void set_trace(std::optional<AccountTrace> trace);

    // Counts a new client and returns true, unless the account has reached its limit of
    // connections.
    [[nodiscard]] bool client_connected();
    void client_disconnected() noexcept;
    // Counts subscriptions of the server itself, which are in the index like those of clients.
    void count_own_subscriptions(int change) noexcept {
        own_subscriptions_.fetch_add(change, std::memory_order_relaxed);
    }
    // Whether any client has a subscription.
    [[nodiscard]] bool has_subscribers() const noexcept {
        return static_cast<int64_t>(index_.size()) >
               own_subscriptions_.load(std::memory_order_relaxed);
    }
    void count_slow_consumer() noexcept { slow_consumers_.fetch_add(1, std::memory_order_relaxed); }
    // Whether a reached limit may be logged now: at most once in two seconds, because clients try
    // again and again.
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
    std::atomic<WallNanos> updated_{wall_now()};
    std::atomic<uint64_t> confirmed_by_{0};
    std::atomic<int64_t> limit_logged_{0};  // nanoseconds of the steady clock
    std::atomic<bool> traced_{false};       // whether trace_ is not null

    mutable std::mutex claims_mutex_;
    std::shared_ptr<const AccountClaims>
        claims_;  // shared, because logins use them while they may be replaced
    std::string jwt_;
    uint64_t claims_number_ = 0;
    std::shared_ptr<const SubjectMappings> mappings_;  // shared with sessions
    StreamImports stream_imports_;
    std::shared_ptr<const AccountTrace> trace_;
};

}  // namespace midge
