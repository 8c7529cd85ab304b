#pragma once
// Limits for each user and for each address that clients connect from: Midge's own, off by default.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "config/options.h"

namespace midge {

// Lets through so many messages a second, and as many at once after a pause. Shared by the
// connections of one user or address; any thread.
class MessageRate {
  public:
    using Clock = SteadyClock;

    // Takes one message that is sent now; gives how long its sender should be silent after it, 0
    // for not at all. `per_second` is at least 1.
    [[nodiscard]] std::chrono::nanoseconds take(Clock::time_point now, int per_second) noexcept;

  private:
    std::atomic<int64_t> booked_until_{0};  // nanoseconds of the clock
};

// What is known of one user or address while it has connections or failed logins to remember.
struct ClientPeer {
    MessageRate rate;
    // Under the lock of ClientLimits:
    int connections = 0;
    int failures = 0;
    MessageRate::Clock::time_point failures_since;
    MessageRate::Clock::time_point banned_until;
};

class ClientLimits;

// One connection's place among those of a user or an address, given back when destroyed. Any
// thread; the ClientLimits outlive it.
class ClientPlace {
  public:
    ClientPlace() = default;
    ClientPlace(ClientLimits& limits, std::string key, std::shared_ptr<ClientPeer> peer)
        : limits_(&limits), key_(std::move(key)), peer_(std::move(peer)) {}
    ~ClientPlace() { leave(); }
    ClientPlace(ClientPlace&& other) noexcept
        : limits_(std::exchange(other.limits_, nullptr)),
          key_(std::move(other.key_)),
          peer_(std::move(other.peer_)) {}
    ClientPlace& operator=(ClientPlace&& other) noexcept;
    [[nodiscard]] bool taken() const noexcept { return limits_ != nullptr; }
    [[nodiscard]] MessageRate& rate() const noexcept { return peer_->rate; }

  private:
    void leave() noexcept;

    ClientLimits* limits_ = nullptr;
    std::string key_;
    std::shared_ptr<ClientPeer> peer_;  // shared with the limits' table and other connections
};

// Owned by the broker. Any thread; its lock is a leaf, and not taken for messages.
class ClientLimits {
  public:
    using Clock = MessageRate::Clock;
    // Addresses with failed logins that are remembered at a time; more are not banned.
    static constexpr size_t peers_max = 200'000;

    enum class Verdict { granted, too_many, banned };
    struct Answer {
        Verdict verdict = Verdict::granted;
        ClientPlace place;  // taken if granted
    };
    // A client from `address` has connected. Requires: limits.any_per_ip().
    [[nodiscard]] Answer enter_from(const std::string& address, const ClientLimitOptions& limits,
                                    Clock::time_point now);
    // A client has logged in as `user` of `account`. Requires: limits.any_per_user().
    [[nodiscard]] Answer enter_as(const std::string& account, const std::string& user,
                                  const ClientLimitOptions& limits);
    // A login from `address` failed; true if that was the one too many, so that it is banned from
    // now on. Requires: limits.failed_logins_per_minute > 0.
    [[nodiscard]] bool login_failed(const std::string& address, const ClientLimitOptions& limits,
                                    Clock::time_point now);

  private:
    friend class ClientPlace;
    using Peers = std::unordered_map<std::string, std::shared_ptr<ClientPeer>>;

    [[nodiscard]] Answer enter(std::string key, int connections_max);
    void leave(const std::string& key, ClientPeer& peer) noexcept;
    void forget_old(Clock::time_point now);

    std::mutex mutex_;
    Peers peers_;  // by "ip <address>" and "user <account> <user>"
    Clock::time_point next_sweep_;
};

}  // namespace midge
