#pragma once
// Tells a link which subjects have subscribers here, for the other end of the link.
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ref.h"

namespace midge {

// Interest in a subject, or in a queue group of it, begins with the first subscription and ends
// with the last.
struct InterestChange {
    std::string subject;
    std::string queue;  // empty: none
    bool wanted = false;
};

// Collects the changes of an index until its reader takes them. Subscriptions that come and go in
// between cancel each other, so that there is never more than one change for each subject and queue
// of the index. Shared by the index and the reader. Any thread.
class InterestFeed : public RefCounted {
  public:
    // `wake` is called when the first change arrives after take(), on the thread that changed the
    // index, but not under its lock.
    explicit InterestFeed(std::function<void()> wake) : wake_(std::move(wake)) {}

    // Returns the changes since the last call, in no particular order.
    [[nodiscard]] std::vector<InterestChange> take();

  private:
    friend class SubjectIndex;
    // Returns whether the caller must call wake().
    [[nodiscard]] bool note(std::string_view subject, std::string_view queue, bool wanted);
    void wake() const { wake_(); }

    const std::function<void()> wake_;
    std::mutex mutex_;  // guards `changes_`; the last lock in the lock order
    std::unordered_map<std::string, bool> changes_;  // wanted or not, by "subject queue"
};

}  // namespace midge
