#include "resolver-url/watchdog.h"

#include <utility>

namespace midge {

Watchdog::Watch::Watch(Watchdog& dog, AbortableSocketPtr socket, Clock::time_point deadline)
    : dog_(dog), key_(dog.add(std::move(socket), deadline)) {}

Watchdog::Watch::~Watch() {
    const std::lock_guard lock(dog_.mutex_);
    dog_.watched_.erase(key_);
}

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
    stop();
}

Watchdog::Key Watchdog::add(AbortableSocketPtr socket, Clock::time_point deadline) {
    const std::lock_guard lock(mutex_);
    if (stopping_) socket->abort();
    const Key key(deadline, ++last_);
    watched_.emplace(key, std::move(socket));
    wake_.notify_one();
    return key;
}

void Watchdog::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (auto& [key, socket] : watched_) socket->abort();
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

bool Watchdog::stopped() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (watched_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const auto first = watched_.begin();
        const auto deadline = first->first.first;
        if (Clock::now() < deadline) {
            wake_.wait_until(lock, deadline);
            continue;
        }
        first->second->abort();
        watched_.erase(first);
    }
}

}  // namespace midge
