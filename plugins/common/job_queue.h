#pragma once
// Worker threads with a bounded queue.
#include <Poco/Runnable.h>
#include <Poco/Thread.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <utility>

namespace midge {

// Runs jobs on its own threads, in order if there is one thread. Owned by a plugin instance; usable
// from any thread. The threads are Poco's because Poco blocks SIGPIPE in them, which a write to a
// closed connection raises.
template <class Job>
class JobQueue final : Poco::Runnable {
  public:
    // `work` runs one job and must not throw. Requires: everything that it uses exists until stop()
    // has returned.
    JobQueue(size_t threads, size_t jobs_max, std::function<void(Job)> work)
        : jobs_max_(jobs_max), work_(std::move(work)), threads_(threads) {
        for (auto& thread : threads_) thread.start(*this);
    }
    ~JobQueue() override { stop(); }

    // Returns false if the queue is full or stopped; then `job` is unchanged.
    [[nodiscard]] bool push(Job& job) {
        const std::lock_guard lock(mutex_);
        if (stopping_ || jobs_.size() >= jobs_max_) return false;
        jobs_.push_back(std::move(job));
        wake_.notify_one();
        return true;
    }

    // Drops the waiting jobs for which `unwanted` is true.
    template <class Unwanted>
    void drop_if(Unwanted unwanted) {
        // Destroyed after the lock is released, because a job's destructor may call back.
        std::list<Job> dropped;
        const std::lock_guard lock(mutex_);
        for (auto job = jobs_.begin(); job != jobs_.end();) {
            if (!unwanted(*job)) {
                ++job;
                continue;
            }
            dropped.push_back(std::move(*job));
            job = jobs_.erase(job);
        }
    }
    [[nodiscard]] size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return jobs_.size();
    }

    // Waits for the running jobs. Waiting jobs are run first if `finish`, and otherwise dropped.
    void stop(bool finish = false) {
        std::deque<Job> dropped;
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            if (!finish) dropped.swap(jobs_);
            wake_.notify_all();
        }
        dropped.clear();
        for (auto& thread : threads_) thread.join();
        threads_.clear();
    }

  private:
    void run() override {
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            Job job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            work_(std::move(job));
            lock.lock();
        }
    }

    const size_t jobs_max_;
    const std::function<void(Job)> work_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::deque<Job> jobs_;
    std::list<Poco::Thread> threads_;  // last: they use the members above
};

}  // namespace midge
