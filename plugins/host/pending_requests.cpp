#include "host/pending_requests.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

namespace midge {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

PendingRequests::PendingRequests(std::string who)
    : who_(std::move(who)), thread_([this] { run(); }) {}

PendingRequests::~PendingRequests() {
    stop();
}

std::optional<uint64_t> PendingRequests::add(Done done, size_t bytes_max,
                                             std::chrono::milliseconds timeout) {
    Error refused;
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && requests_.size() < pending_requests_max) {
            const auto deadline = Clock::now() + timeout;
            requests_.emplace(++last_, Request{std::move(done), bytes_max, timeout, deadline});
            const auto place = deadlines_.emplace(deadline, last_).first;
            if (place == deadlines_.begin()) wake_.notify_one();
            return last_;
        }
        refused = stopping_
                      ? stopped_error()
                      : Error{Errc::unavailable, fmt::format("{}: {} requests are waiting already",
                                                             who_, pending_requests_max)};
    }
    done(tl::unexpected(std::move(refused)));
    return std::nullopt;
}

std::optional<PendingRequests::Request> PendingRequests::take(uint64_t number) {
    const std::lock_guard lock(mutex_);
    auto node = requests_.extract(number);
    if (node.empty()) return std::nullopt;
    deadlines_.erase({node.mapped().deadline, number});
    return std::move(node.mapped());
}

bool PendingRequests::known(uint64_t request) const {
    const std::lock_guard lock(mutex_);
    return request != 0 && request <= last_;
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
    for (auto& [number, request] : left) request.done(tl::unexpected(stopped_error()));
}

void PendingRequests::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (deadlines_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const auto [deadline, number] = *deadlines_.begin();
        if (Clock::now() < deadline) {
            wake_.wait_until(lock, deadline);
            continue;
        }
        deadlines_.erase(deadlines_.begin());
        const Request overdue = std::move(requests_.extract(number).mapped());
        lock.unlock();
        overdue.done(
            fail(Errc::timeout, fmt::format("{} did not answer within {}", who_, overdue.timeout)));
        lock.lock();
    }
}

Error PendingRequests::stopped_error() const {
    return {Errc::unavailable, fmt::format("{} is stopped", who_)};
}

}  // namespace midge
