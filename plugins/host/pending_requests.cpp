#include "host/pending_requests.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>

namespace midge {

PendingRequests::PendingRequests(std::string who, Overdue overdue)
    : who_(std::move(who)), overdue_(std::move(overdue)), thread_([this] { run(); }) {}

PendingRequests::~PendingRequests() {
    stop();
}

std::optional<uint64_t> PendingRequests::add(std::vector<Done> dones, size_t bytes_max,
                                             std::chrono::milliseconds timeout) {
    Error refused;
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && requests_.size() < pending_requests_max) {
            const auto deadline = Clock::now() + timeout;
            const size_t left = dones.size();
            requests_.emplace(++last_,
                              Request{std::move(dones), left, bytes_max, timeout, deadline});
            const auto place = deadlines_.emplace(deadline, last_).first;
            if (place == deadlines_.begin()) wake_.notify_one();
            return last_;
        }
        refused = stopping_
                      ? stopped_error()
                      : Error{Errc::unavailable, fmt::format("{}: {} requests are waiting already",
                                                             who_, pending_requests_max)};
    }
    for (const Done& done : dones) done(tl::unexpected(refused));
    return std::nullopt;
}

PendingRequests::Taken PendingRequests::take(uint64_t number, uint32_t index, bool every) {
    const std::lock_guard lock(mutex_);
    const auto found = requests_.find(number);
    if (found == requests_.end()) return {};
    Request& request = found->second;
    Taken taken;
    taken.bytes_max = request.bytes_max;
    for (size_t i = 0; i < request.dones.size(); ++i) {
        if (!request.dones[i] || (!every && i != index)) continue;
        taken.dones.push_back(std::exchange(request.dones[i], nullptr));
        --request.left;
    }
    if (request.left == 0) {
        deadlines_.erase({request.deadline, number});
        requests_.erase(found);
    }
    return taken;
}

PendingRequests::Fate PendingRequests::fate(uint64_t request) {
    const std::lock_guard lock(mutex_);
    if (given_up_.contains(request)) return Fate::given_up;
    return request != 0 && request <= last_ ? Fate::over : Fate::unknown;
}

void PendingRequests::post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    tasks_.push_back(std::move(task));
    wake_.notify_one();
}

size_t PendingRequests::waiting() const {
    const std::lock_guard lock(mutex_);
    return requests_.size();
}

void PendingRequests::stop() {
    std::map<uint64_t, Request> left;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    {
        const std::lock_guard lock(mutex_);
        left.swap(requests_);
        deadlines_.clear();
    }
    for (auto& [number, request] : left) {
        for (const Done& done : request.dones) {
            if (done) done(tl::unexpected(stopped_error()));
        }
    }
}

void PendingRequests::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !tasks_.empty()) {
        if (!tasks_.empty()) {
            auto task = std::move(tasks_.front());
            tasks_.pop_front();
            lock.unlock();
            task();
            task = nullptr;
            lock.lock();
        } else if (deadlines_.empty()) {
            wake_.wait(lock);
        } else if (Clock::now() < deadlines_.begin()->first) {
            // A copy, because an answer may remove the entry during the wait.
            const auto deadline = deadlines_.begin()->first;
            wake_.wait_until(lock, deadline);
        } else {
            give_up(lock);
        }
    }
    ended_ = true;
}

void PendingRequests::give_up(std::unique_lock<std::mutex>& lock) {
    const uint64_t number = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    Request overdue = std::move(requests_.extract(number).mapped());
    if (overdue_) {
        given_up_.insert(number);
        if (given_up_.size() > pending_requests_max) given_up_.erase(given_up_.begin());
    }
    lock.unlock();
    if (overdue_) overdue_(number);
    for (const Done& done : overdue.dones) {
        if (!done) continue;
        done(
            fail(Errc::timeout, fmt::format("{} did not answer within {}", who_, overdue.timeout)));
    }
    overdue.dones.clear();
    lock.lock();
}

Error PendingRequests::stopped_error() const {
    return {Errc::unavailable, fmt::format("{} is stopped", who_)};
}

}  // namespace midge
