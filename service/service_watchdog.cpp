#include "service_watchdog.h"

#include <algorithm>
#include <utility>

namespace midge {
namespace {

double seconds_of(std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

ServiceWatchdog::ServiceWatchdog(std::chrono::microseconds limit, Probe probe, Tell tell,
                                 Logger& log)
    : limit_(limit), probe_(std::move(probe)), tell_(std::move(tell)), log_(log), thread_([this] {
          run();
      }) {}

ServiceWatchdog::~ServiceWatchdog() {
    {
        const std::lock_guard lock(round_->mutex);
        round_->ended = true;
    }
    round_->changed.notify_all();
    thread_.join();
}

void ServiceWatchdog::run() {
    const std::chrono::microseconds pause = std::max(limit_ / 4, pause_min);
    std::unique_lock lock(round_->mutex);
    while (!round_->ended) {
        round_->answered = false;
        lock.unlock();
        probe_([round = round_] {
            const std::lock_guard answering(round->mutex);
            round->answered = true;
            round->changed.notify_all();
        });
        lock.lock();
        if (!wait_for_answer(lock)) return;
        lock.unlock();
        tell_();
        lock.lock();
        round_->changed.wait_for(lock, pause, [this] { return round_->ended; });
    }
}

bool ServiceWatchdog::wait_for_answer(std::unique_lock<std::mutex>& lock) {
    const auto over = [this] { return round_->answered || round_->ended; };
    if (!round_->changed.wait_for(lock, limit_ / 2, over)) {
        log_.error(
            "An event loop has not turned for {:.1f} s; the service manager ends a service that "
            "does not within {:.1f} s",
            seconds_of(limit_ / 2), seconds_of(limit_));
        round_->changed.wait(lock, over);
    }
    return !round_->ended;
}

}  // namespace midge
