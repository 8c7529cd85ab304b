#include "login/client_limits.h"

#include <algorithm>

namespace midge {
namespace {

using Clock = MessageRate::Clock;

constexpr std::chrono::seconds burst{1};
// Shorter silences are not worth a timer.
constexpr std::chrono::milliseconds silence_min{10};
constexpr std::chrono::minutes failures_window{1};
constexpr std::chrono::minutes sweep_interval{1};

int64_t count_nanos(Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

std::string key_of_address(const std::string& address) {
    return "ip " + address;
}

}  // namespace

std::chrono::nanoseconds MessageRate::take(Clock::time_point now, int per_second) noexcept {
    const int64_t at = count_nanos(now.time_since_epoch());
    const int64_t message = count_nanos(std::chrono::seconds(1)) / per_second;
    int64_t booked = booked_until_.load(std::memory_order_relaxed);
    int64_t next = 0;
    do {
        next = std::max(booked, at) + message;
    } while (!booked_until_.compare_exchange_weak(booked, next, std::memory_order_relaxed));
    const std::chrono::nanoseconds over(next - at - count_nanos(burst));
    if (over.count() <= 0) return std::chrono::nanoseconds(0);
    return std::max<std::chrono::nanoseconds>(over, silence_min);
}

ClientPlace& ClientPlace::operator=(ClientPlace&& other) noexcept {
    if (this == &other) return *this;
    leave();
    limits_ = std::exchange(other.limits_, nullptr);
    key_ = std::move(other.key_);
    peer_ = std::move(other.peer_);
    return *this;
}

void ClientPlace::leave() noexcept {
    if (limits_ != nullptr) std::exchange(limits_, nullptr)->leave(key_, *peer_);
}

ClientLimits::Answer ClientLimits::enter(std::string key, int connections_max) {
    auto& peer = peers_[key];
    if (!peer) peer = std::make_shared<ClientPeer>();
    if (connections_max > 0 && peer->connections >= connections_max) return {Verdict::too_many, {}};
    ++peer->connections;
    return {Verdict::granted, ClientPlace(*this, std::move(key), peer)};
}

ClientLimits::Answer ClientLimits::enter_from(const std::string& address,
                                              const ClientLimitOptions& limits,
                                              Clock::time_point now) {
    std::string key = key_of_address(address);
    const std::lock_guard lock(mutex_);
    forget_old(now);
    const auto known = peers_.find(key);
    if (known != peers_.end() && known->second->banned_until > now) return {Verdict::banned, {}};
    return enter(std::move(key), limits.connections_per_ip);
}

ClientLimits::Answer ClientLimits::enter_as(const std::string& account, const std::string& user,
                                            const ClientLimitOptions& limits) {
    const std::lock_guard lock(mutex_);
    return enter("user " + account + " " + user, limits.connections_per_user);
}

bool ClientLimits::login_failed(const std::string& address, const ClientLimitOptions& limits,
                                Clock::time_point now) {
    std::string key = key_of_address(address);
    const std::lock_guard lock(mutex_);
    forget_old(now);
    if (peers_.size() >= peers_max && peers_.find(key) == peers_.end()) return false;
    auto& peer = peers_[std::move(key)];
    if (!peer) peer = std::make_shared<ClientPeer>();
    if (now - peer->failures_since > failures_window) {
        peer->failures_since = now;
        peer->failures = 0;
    }
    if (++peer->failures <= limits.failed_logins_per_minute) return false;
    const bool banned_already = peer->banned_until > now;
    peer->failures = 0;
    peer->banned_until = now + limits.ban_duration;
    return !banned_already;
}

void ClientLimits::leave(const std::string& key, ClientPeer& peer) noexcept {
    const std::lock_guard lock(mutex_);
    --peer.connections;
    // Who has failed logins to remember is forgotten later.
    if (peer.connections == 0 && peer.failures_since == Clock::time_point{}) peers_.erase(key);
}

void ClientLimits::forget_old(Clock::time_point now) {
    if (now < next_sweep_) return;
    next_sweep_ = now + sweep_interval;
    std::erase_if(peers_, [now](const auto& entry) {
        const ClientPeer& peer = *entry.second;
        return peer.connections == 0 && peer.banned_until <= now &&
               now - peer.failures_since > failures_window;
    });
}

}  // namespace midge
