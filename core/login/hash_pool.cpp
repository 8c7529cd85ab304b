#include "login/hash_pool.h"

#include <algorithm>

namespace midge {

HashPool::HashPool(unsigned threads) {
    const unsigned cores = std::thread::hardware_concurrency();
    const unsigned count = threads != 0 ? threads : std::max(2U, cores) - 1;
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
}

HashPool::~HashPool() {
    stop();
}

void HashPool::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

bool HashPool::post(Waiting waiting, std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= queued_max) drop_abandoned();
        if (stopping_ || queue_.size() >= queued_max) return false;
        queue_.push_back({std::move(waiting), std::move(task), Clock::now()});
    }
    ready_.notify_one();
    return true;
}

void HashPool::drop_abandoned() {
    std::erase_if(queue_, [](const Task& task) { return task.waiting && !*task.waiting; });
}

HashPool::Task HashPool::take() {
    const bool late = Clock::now() - queue_.front().posted >= patience;
    Task task = std::move(late ? queue_.back() : queue_.front());
    late ? queue_.pop_back() : queue_.pop_front();
    return task;
}

void HashPool::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        const Task task = take();
        if (task.waiting && !*task.waiting) continue;
        lock.unlock();
        task.run();
        lock.lock();
    }
}

}  // namespace midge
