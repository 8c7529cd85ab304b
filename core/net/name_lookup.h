#pragma once
// Addresses of hosts, asked for without waiting.
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/work_queue.h"

namespace midge {

// Has a thread of its own, since the system's look-up blocks: one host that nobody answers for
// holds up the others for as long as the system tries. Owned by who dials.
class NameLookup {
  public:
    using Found = std::function<void(Result<std::vector<std::string>> addresses)>;
    // The number of questions that may wait. More are refused.
    static constexpr size_t waiting_max = 1000;

    NameLookup();

    // Looks `host` up, with the result of look_up_host(). `found` is called on the thread of the
    // look-ups, and never after stop(). If the question is refused, because too many wait or stop()
    // was called, `found` is called with an error within ask().
    void ask(std::string host, Found found);
    // Waits for the look-up under way; others are dropped. Idempotent; the end does it too.
    void stop() { questions_.stop(); }

  private:
    struct Question {
        std::string host;
        Found found;
    };
    WorkQueue<Question> questions_;
};

}  // namespace midge
