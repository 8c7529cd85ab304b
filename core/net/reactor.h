#pragma once
// One event loop: sockets, timers, posted tasks. The portable heart of the broker (design: docs and
// ARCHITECTURE.md).
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "net/poller.h"

namespace midge {

using Task = std::function<void()>;
using TimerId = uint64_t;
inline constexpr TimerId no_timer = 0;

class IoHandler {
  public:
    virtual ~IoHandler() = default;
    virtual void on_readable() = 0;
    virtual void on_writable() = 0;
};

class Reactor;

// Callbacks for one socket; destroying it ends them at once, also from within one. Reactor's thread
// only.
class Watch {
  public:
    Watch() = default;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();
    // Changes what is reported. No system call if nothing changes. Does nothing on an empty Watch.
    void set_interest(Interest interest);
    // What Reactor::notify() takes; 0 when empty.
    [[nodiscard]] uint64_t id() const noexcept { return id_; }
    [[nodiscard]] explicit operator bool() const noexcept { return reactor_ != nullptr; }

  private:
    friend class Reactor;
    Watch(Reactor* reactor, uint64_t id) : reactor_(reactor), id_(id) {}
    Reactor* reactor_ = nullptr;
    uint64_t id_ = 0;
};

// While run() runs it lives on that thread, otherwise on the thread that made it. Only post() and
// stop() may be called from others. A callback may destroy any Watch or cancel any timer, its own
// included. Callbacks and tasks must not throw. A turn: wait, sockets' callbacks, due timers,
// posted tasks, turn-end tasks.
class Reactor {
  public:
    using Clock = SteadyClock;
    // A wait is cut there while timers are pending: pollers count time that the machine sleeps
    // through as none.
    static constexpr auto wait_max = std::chrono::seconds(10);
    static constexpr auto delay_max = std::chrono::hours(24 * 365);
    static constexpr auto retry_delay = std::chrono::milliseconds(100);

    explicit Reactor(std::unique_ptr<Poller> poller);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // `handler` must outlive the Watch, the Watch must not outlive the reactor, and the socket must
    // stay open until the Watch is gone. With no_socket nothing is polled: the callbacks come by
    // notify() alone.
    [[nodiscard]] Result<Watch> watch(SocketHandle socket, IoHandler& handler, Interest interest);
    // Readiness that no poller sees (bytes already inside a TLS or memory stream): the callback
    // comes once, not within this call, as soon as the interest allows. The id of a Watch that is
    // gone is ignored.
    void notify(uint64_t watch_id, Interest ready);
    // Runs `task` once, `delay` (0..delay_max, else the nearest) from now. The id is never
    // no_timer.
    TimerId after(std::chrono::milliseconds delay, Task task);
    void cancel(TimerId timer) noexcept;  // unknown or past ones are ignored
    // Runs `task` once, after this turn's callbacks and before the next wait. A task that is added
    // while turn-end tasks run runs in the same turn.
    void at_turn_end(Task task);
    // Any thread. Tasks run in order of posting. After the loop has ended they are kept for the
    // next run(), or destroyed with the reactor.
    void post(Task task);
    // Turn after turn until stop().
    void run();
    // Any thread. Ends run(), or the next one, after the turn in which all that was posted before
    // has run.
    void stop();
    [[nodiscard]] bool on_own_thread() const noexcept;
    // Time at the start of this turn; cheap.
    [[nodiscard]] Clock::time_point now() const noexcept { return now_; }
    [[nodiscard]] const Poller& poller() const noexcept { return *poller_; }

  private:
    friend class Watch;
    struct Entry {
        IoHandler* handler = nullptr;
        SocketHandle socket = no_socket;
        // Half of the id: an id of an earlier user of the slot finds nothing.
        uint32_t generation = 1;
        Interest interest = Interest::none;
        Interest noted = Interest::none;  // by notify(), not yet called back
        bool listed = false;              // in notified_
    };
    [[nodiscard]] Entry* find(uint64_t id) noexcept;
    [[nodiscard]] uint64_t make_entry(SocketHandle socket, IoHandler& handler, Interest interest);
    void free_entry(uint64_t id) noexcept;
    void forget(uint64_t id) noexcept;
    void change(uint64_t id, Interest interest);
    void apply(uint64_t id);
    [[nodiscard]] std::chrono::milliseconds prepare_wait();
    void list_noted(uint64_t id, Entry& entry);
    void add_notified();
    void dispatch_io();
    void call_back(uint64_t id, Interest what);
    void run_due_timers();
    void run_posted();
    void run_turn_end();

    const std::unique_ptr<Poller> poller_;
    std::vector<Entry> entries_;
    std::vector<uint32_t> free_slots_;
    std::vector<uint64_t>
        notified_;  // ids of entries with something noted that they are interested in
    std::vector<Readiness> ready_;
    std::map<std::pair<Clock::time_point, TimerId>, Task> timers_;
    std::unordered_map<TimerId, Clock::time_point> timer_times_;
    TimerId next_timer_ = 1;
    std::vector<Task> turn_end_;
    std::vector<Task> running_;  // the posted tasks of this turn
    Clock::time_point now_;
    bool stopping_ = false;
    std::atomic<std::thread::id> thread_;

    std::mutex mutex_;  // guards posted_ only
    std::vector<Task> posted_;
    // Set before the last look at posted_ and until the wait is over: only then does post() pay for
    // a wake.
    std::atomic<bool> sleeping_{false};
};

}  // namespace midge
