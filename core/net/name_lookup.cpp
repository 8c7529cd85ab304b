#include "net/name_lookup.h"

#include <fmt/format.h>

#include "net/socket.h"

namespace midge {

NameLookup::~NameLookup() {
    stop();
}

void NameLookup::ask(std::string host, Found found) {
    {
        const std::lock_guard lock(mutex_);
        if (!stopping_ && waiting_.size() < waiting_max) {
            waiting_.emplace_back(std::move(host), std::move(found));
            if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
            asked_.notify_one();
            return;
        }
    }
    found(fail(Errc::unavailable, fmt::format("lookup {}: no look-up is possible now", host)));
}

void NameLookup::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        asked_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        const auto [host, found] = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        found(look_up_host(host));
        lock.lock();
    }
}

void NameLookup::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        waiting_.clear();
    }
    asked_.notify_one();
    if (thread_.joinable()) thread_.join();
}

}  // namespace midge
