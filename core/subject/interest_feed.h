#pragma once
// What a link tells its other end: which subjects somebody here wants.
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

// Gathers the changes of an index until its reader takes them; subscriptions that come and go in
// between leave nothing, so that it never holds more than one change for each subject and queue of
// the index. Shared by the index and the reader. Any thread.
class InterestFeed : public RefCounted {
  public:
    // `wake`: called when there is something to take after there was nothing, on the thread that
    // changed the index, but not under its lock.
    explicit InterestFeed(std::function<void()> wake) : wake_(std::move(wake)) {}

    // The changes since the last call, in no order.
    [[nodiscard]] std::vector<InterestChange> take();

  private:
    friend class SubjectIndex;
    // True: wake() is due.
    [[nodiscard]] bool note(std::string_view subject, std::string_view queue, bool wanted);
    void wake() const { wake_(); }

    const std::function<void()> wake_;
    std::mutex mutex_;                               // guards `changes_`; a leaf
    std::unordered_map<std::string, bool> changes_;  // wanted or not, by "subject queue"
};

}  // namespace midge
