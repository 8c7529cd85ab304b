#pragma once
// Requests that a plugin has not answered yet.
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "base/result.h"

namespace midge {

inline constexpr size_t pending_requests_max = 4096;

// Gives each request a number and a deadline; a thread of its own answers what is overdue. Owned by
// a PluginResolver; any thread.
class PendingRequests {
  public:
    // Gets the answer as the plugin gave it. Runs exactly once, never under a lock of this class.
    using Done = std::function<void(Result<std::string>)>;

    struct Request {
        Done done;
        size_t bytes_max;  // of the answer
        std::chrono::milliseconds timeout;
        std::chrono::steady_clock::time_point deadline;
    };

    // `who` is for error texts: "resolver-url".
    explicit PendingRequests(std::string who);
    ~PendingRequests();

    // The request's number, counted from 1. When pending_requests_max are waiting, or after stop(),
    // `done` gets Errc::unavailable and there is no number. `bytes_max` is kept with the request.
    [[nodiscard]] std::optional<uint64_t> add(Done done, size_t bytes_max,
                                              std::chrono::milliseconds timeout);
    // Takes a request out, for its answer. Empty when it is not waiting: answered, overdue, or
    // never made.
    [[nodiscard]] std::optional<Request> take(uint64_t request);
    // Whether `request` was ever given out.
    [[nodiscard]] bool known(uint64_t request) const;
    // Joins the thread and answers what waits with Errc::unavailable.
    void stop();

  private:
    void run();
    [[nodiscard]] Error stopped_error() const;

    const std::string who_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    uint64_t last_ = 0;
    std::map<uint64_t, Request> requests_;
    std::set<std::pair<std::chrono::steady_clock::time_point, uint64_t>> deadlines_;  // of them
    std::thread thread_;
};

}  // namespace midge
