#include "account/account.h"

namespace midge {
namespace {

std::optional<AccountTrace> trace_of(const AccountClaims& claims) {
    if (!claims.trace) return std::nullopt;
    constexpr int all = 100;
    const int sampling = static_cast<int>(claims.trace->sampling);
    return AccountTrace{claims.trace->dest, sampling == 0 ? all : sampling};
}

}  // namespace

Account::Account(std::string name, unsigned lanes, bool is_system)
    : name_(std::move(name)), is_system_(is_system) {
    for (unsigned i = 0; i < lanes; ++i) lanes_.push_back(std::make_unique<AccountLane>());
}

std::shared_ptr<const AccountClaims> Account::claims() const {
    const std::lock_guard lock(claims_mutex_);
    return claims_;
}

std::string Account::display_name() const {
    const auto current = claims();
    return current && !current->name.empty() ? current->name : name_;
}

std::string Account::jwt() const {
    const std::lock_guard lock(claims_mutex_);
    return jwt_;
}

void Account::set_claims(std::shared_ptr<const AccountClaims> claims, std::string jwt,
                         std::shared_ptr<const SubjectMappings> mappings) {
    set_quota({claims->limits.conn, claims->limits.subs, claims->limits.payload});
    set_trace(trace_of(*claims));
    const std::lock_guard lock(claims_mutex_);
    claims_ = std::move(claims);
    jwt_ = std::move(jwt);
    updated_.store(wall_now(), std::memory_order_relaxed);
    mappings_ = std::move(mappings);
    ++claims_number_;
    gone_.store(false, std::memory_order_relaxed);
}

void Account::set_gone() {
    const std::lock_guard lock(claims_mutex_);
    ++claims_number_;
    gone_.store(true, std::memory_order_relaxed);
}

uint64_t Account::claims_number() const {
    const std::lock_guard lock(claims_mutex_);
    return claims_number_;
}

std::shared_ptr<const SubjectMappings> Account::mappings() const {
    const std::lock_guard lock(claims_mutex_);
    return mappings_;
}

void Account::set_mappings(std::shared_ptr<const SubjectMappings> mappings) {
    const std::lock_guard lock(claims_mutex_);
    mappings_ = std::move(mappings);
}

StreamImports Account::stream_imports() const {
    const std::lock_guard lock(claims_mutex_);
    return stream_imports_;
}

void Account::set_stream_imports(StreamImports imports) {
    const std::lock_guard lock(claims_mutex_);
    stream_imports_ = std::move(imports);
}

std::shared_ptr<const AccountTrace> Account::trace() const {
    if (!has_trace()) return nullptr;
    const std::lock_guard lock(claims_mutex_);
    return trace_;
}

void Account::set_trace(std::optional<AccountTrace> trace) {
    const std::lock_guard lock(claims_mutex_);
    trace_ = trace ? std::make_shared<const AccountTrace>(std::move(*trace)) : nullptr;
    traced_ = trace_ != nullptr;
}

void Account::set_quota(const AccountQuota& quota) noexcept {
    const auto or_none = [](int64_t limit) { return limit < 0 ? no_limit : limit; };
    connections_max_ = or_none(quota.connections);
    subscriptions_max_ = or_none(quota.subscriptions);
    payload_bytes_max_ = or_none(quota.payload_bytes);
}

AccountQuota Account::quota() const noexcept {
    return {connections_max_.load(std::memory_order_relaxed),
            subscriptions_max_.load(std::memory_order_relaxed),
            payload_bytes_max_.load(std::memory_order_relaxed)};
}

bool Account::client_connected() {
    const int64_t max = connections_max_.load(std::memory_order_relaxed);
    const int before = connections_.fetch_add(1, std::memory_order_relaxed);
    if (max == no_limit || before < max) return true;
    connections_.fetch_sub(1, std::memory_order_relaxed);
    return false;
}

void Account::client_disconnected() noexcept {
    connections_.fetch_sub(1, std::memory_order_relaxed);
}

MessageCount Account::received() const noexcept {
    MessageCount sum;
    for (const auto& lane : lanes_) {
        sum.messages += lane->received().messages;
        sum.bytes += lane->received().bytes;
    }
    return sum;
}

MessageCount Account::sent() const noexcept {
    MessageCount sum;
    for (const auto& lane : lanes_) {
        sum.messages += lane->sent().messages;
        sum.bytes += lane->sent().bytes;
    }
    return sum;
}

bool Account::may_log_limit(SteadyClock::time_point now) noexcept {
    constexpr int64_t pause_nanos = std::chrono::nanoseconds(std::chrono::seconds(2)).count();
    const int64_t nanos = std::chrono::nanoseconds(now.time_since_epoch()).count();
    int64_t last = limit_logged_.load(std::memory_order_relaxed);
    if (last != 0 && nanos - last < pause_nanos) return false;
    return limit_logged_.compare_exchange_strong(last, nanos, std::memory_order_relaxed);
}

}  // namespace midge
