#pragma once
// Requests that a plugin has not answered yet, and the thread that calls back.
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

// An answer of a plugin without an error.
struct PluginAnswer {
    int status = 0;  // MIDGE_OK, MIDGE_UNCHANGED or MIDGE_CONFLICT
    std::string value;
    std::string cursor;
};

// Gives each request a number and a deadline. Callbacks run on a separate thread, so that they can
// call the plugin, which never happens within the plugin's own answer. Owned by a PluginResolver;
// usable from any thread.
class PendingRequests {
  public:
    // Gets the plugin's answer. Called exactly once, never under a lock of this class, and on the
    // thread of this class if the request was made.
    using Done = std::function<void(Result<PluginAnswer>)>;
    // Called for a request whose deadline is over, before its callers are called.
    using Overdue = std::function<void(uint64_t request)>;

    // The receivers of an answer.
    struct Taken {
        std::vector<Done> dones;  // empty: nobody waits for it
        size_t bytes_max = 0;     // limit of the answer's size
    };
    enum class Fate { unknown, over, given_up };

    // `who` is the name in error texts: "resolver-url". Without `overdue`, a late answer is logged
    // as a mistake.
    PendingRequests(std::string who, Overdue overdue);
    ~PendingRequests();

    // Adds a request, and returns its number, which counts from 1. `dones` has one callback for
    // each expected answer. If pending_requests_max are waiting, or after stop(), all callbacks get
    // Errc::unavailable and no number is returned. `bytes_max` is kept with the request.
    [[nodiscard]] std::optional<uint64_t> add(std::vector<Done> dones, size_t bytes_max,
                                              std::chrono::milliseconds timeout);
    // Removes and returns the receivers of answer `index` of a request; with `every`, all that are
    // left.
    [[nodiscard]] Taken take(uint64_t request, uint32_t index, bool every);
    // Returns the reason why take() returned no receivers.
    [[nodiscard]] Fate fate(uint64_t request);
    // Runs a task on the thread, in order. Dropped after stop().
    void post(std::function<void()> task);
    [[nodiscard]] size_t waiting() const;
    // Runs the posted tasks, joins the thread, and answers waiting requests with Errc::unavailable.
    void stop();

  private:
    using Clock = std::chrono::steady_clock;
    struct Request {
        std::vector<Done> dones;  // null after the answer
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
    std::set<std::pair<Clock::time_point, uint64_t>> deadlines_;  // of requests_
    // The last requests that timed out; their late answers are no mistake.
    std::set<uint64_t> given_up_;
    std::deque<std::function<void()>> tasks_;
    std::thread thread_;
};

}  // namespace midge
