#pragma once
// Requests that a plugin has not answered yet, and the thread on which their callers hear.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "host/limits.h"

namespace midge {

// What a plugin answered without an error.
struct PluginAnswer {
    int status = 0;  // MIDGE_OK, MIDGE_UNCHANGED or MIDGE_CONFLICT
    std::string value;
    std::string cursor;
};

// Gives each request a number and a deadline. A thread of its own calls back: a plugin that answers
// is never called from its own answer, whatever the callback does. Owned by a PluginResolver; any
// thread.
class PendingRequests {
  public:
    // Gets the answer as the plugin gave it. Runs exactly once, on the thread of this class if it
    // answers a request that was made, and never under a lock of this class.
    using Done = std::function<void(Result<PluginAnswer>)>;
    // Hears of a request whose deadline is over, before its callers do.
    using Overdue = std::function<void(uint64_t request)>;

    // What the answer is for.
    struct Taken {
        std::vector<Done> dones;  // empty: nothing waits for it
        size_t bytes_max = 0;     // of the answer
    };
    enum class Fate { unknown, over, given_up };

    // `who` is for error texts: "resolver-url". Without `overdue`, a late answer is a fault.
    PendingRequests(std::string who, Overdue overdue);
    ~PendingRequests();

    // The request's number, counted from 1. `dones` has one for each answer that is expected. When
    // pending_requests_max are waiting, or after stop(), all get Errc::unavailable and there is no
    // number. `bytes_max` is kept with the request.
    [[nodiscard]] std::optional<uint64_t> add(std::vector<Done> dones, size_t bytes_max,
                                              std::chrono::milliseconds timeout);
    // Takes out who waits for answer `index` of a request; with `every`, for all that are left.
    [[nodiscard]] Taken take(uint64_t request, uint32_t index, bool every);
    // Why take() gave nothing.
    [[nodiscard]] Fate fate(uint64_t request);
    // Runs a task on the thread, in order; dropped after stop().
    void post(std::function<void()> task);
    [[nodiscard]] size_t waiting() const;
    // Runs what is posted, joins the thread and answers what waits with Errc::unavailable.
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    struct Request {
        std::vector<Done> dones;  // null where the answer has come
        size_t left = 0;
        size_t bytes_max = 0;
        std::chrono::milliseconds timeout;
        Clock::time_point deadline;
    };

    void run();
    void give_up(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] Error stopped_error() const;

    const std::string who_;
    const Overdue overdue_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    bool ended_ = false;  // the thread runs no more tasks
    uint64_t last_ = 0;
    std::map<uint64_t, Request> requests_;
    std::set<std::pair<Clock::time_point, uint64_t>> deadlines_;  // of them
    std::set<uint64_t> given_up_;  // the last ones, whose answers are no fault
    std::deque<std::function<void()>> tasks_;
    std::thread thread_;
};

}  // namespace midge
