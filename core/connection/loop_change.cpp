#include "connection/loop_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include "base/clock.h"

namespace midge {
namespace {

// One try to stop all loops. Shared with their tasks: a loop may come long after it was given up.
class Halt {
  public:
    Halt(size_t loops, std::function<void(EventLoop&)> adapt)
        : loops_(loops), adapt_(std::move(adapt)) {}

    // A loop stops here until the change is over, on its thread.
    void stop(EventLoop& loop) {
        std::unique_lock lock(mutex_);
        if (stage_ != Stage::gathering) return;
        ++stopped_;
        moved_.notify_all();
        moved_.wait(lock, [this] { return stage_ != Stage::gathering; });
        if (stage_ == Stage::given_up) return;
        lock.unlock();
        adapt_(loop);
        lock.lock();
        ++adapted_;
        moved_.notify_all();
        moved_.wait_for(lock, loop_adapt_max, [this] { return adapted_ == loops_; });
    }

    // The calling thread. False: the loops go on as if nothing had been.
    [[nodiscard]] bool wait_until_stopped(std::chrono::milliseconds limit) {
        std::unique_lock lock(mutex_);
        if (moved_.wait_for(lock, limit, [this] { return stopped_ == loops_; })) return true;
        stage_ = Stage::given_up;
        moved_.notify_all();
        return false;
    }
    void go_on_changed() {
        std::unique_lock lock(mutex_);
        stage_ = Stage::changed;
        moved_.notify_all();
        moved_.wait(lock, [this] { return adapted_ == loops_; });
    }

  private:
    enum class Stage { gathering, given_up, changed };

    const size_t loops_;
    const std::function<void(EventLoop&)> adapt_;
    std::mutex mutex_;
    std::condition_variable moved_;
    Stage stage_ = Stage::gathering;
    size_t stopped_ = 0;
    size_t adapted_ = 0;
};

// Whether each loop comes to the end of a task in time. Nobody stops for that.
bool all_turn(const EventLoops& loops, SteadyClock::time_point deadline) {
    const auto turned = std::make_shared<std::promise<void>>();
    ask_loops(
        loops, [](EventLoop&) {}, [turned] { turned->set_value(); });
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
    return turned->get_future().wait_for(std::max(left, std::chrono::milliseconds::zero())) ==
           std::future_status::ready;
}

}  // namespace

Result<> change_together(const EventLoops& loops, std::chrono::milliseconds patience,
                         const std::function<void()>& change,
                         std::function<void(EventLoop& loop)> adapt) {
    const auto deadline = SteadyClock::now() + patience;
    while (all_turn(loops, deadline)) {
        const auto halt = std::make_shared<Halt>(loops.size(), adapt);
        for (const auto& loop : loops) loop->post([halt, &loop = *loop] { halt->stop(loop); });
        if (!halt->wait_until_stopped(loop_halt_max)) continue;
        // An exception would leave them stopped for ever.
        [&]() noexcept { change(); }();
        halt->go_on_changed();
        return {};
    }
    return fail(Errc::unavailable,
                fmt::format("an event loop was busy for {}",
                            go_duration(std::chrono::nanoseconds(patience).count())));
}

}  // namespace midge
