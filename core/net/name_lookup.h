#pragma once
// Addresses of hosts, asked for without waiting.
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace midge {

// Has a thread of its own, from the first question on, since the system's look-up blocks: one host
// that nobody answers for holds up the others for as long as the system tries. Owned by who dials.
class NameLookup {
  public:
    using Found = std::function<void(Result<std::vector<std::string>> addresses)>;
    // Questions that may wait; more are refused.
    static constexpr size_t waiting_max = 1000;

    NameLookup() = default;
    // As stop().
    ~NameLookup();
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;

    // As look_up_host(). `found` runs on the thread of the look-ups, but not after stop(); within
    // the call if that is refused, as too many wait or stop() was called before.
    void ask(std::string host, Found found);
    // Waits for the look-up under way; others are dropped. Idempotent.
    void stop();

  private:
    void run();

    std::mutex mutex_;  // guards what follows
    std::condition_variable asked_;
    std::deque<std::pair<std::string, Found>> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace midge
