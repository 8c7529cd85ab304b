#pragma once
// An event loop: sockets, timers, posted tasks. Portable (ARCHITECTURE.md).
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

// Callbacks for one socket. Destroying it ends them at once, even from within a callback. Reactor's
// thread only.
class Watch {
  public:
    Watch() = default;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();
    // Changes the interest. Makes no system call if nothing changes. Does nothing on an empty
    // Watch.
    void set_interest(Interest interest);
    // The id for Reactor::notify(); 0 when empty.
    [[nodiscard]] uint64_t id() const noexcept { return id_; }
    [[nodiscard]] explicit operator bool() const noexcept { return reactor_ != nullptr; }

  private:
    friend class Reactor;
    Watch(Reactor* reactor, uint64_t id) : reactor_(reactor), id_(id) {}
    Reactor* reactor_ = nullptr;
    uint64_t id_ = 0;
};

// Belongs to the thread in run(), and otherwise to the thread that made it. Only post() and stop()
// may be called from other threads. A callback may destroy any Watch or cancel any timer, including
// its own. Callbacks and tasks must not throw. The order of a turn: wait, callbacks of sockets, due
// timers, posted tasks, turn-end tasks.
class Reactor {
  public:
    using Clock = SteadyClock;
    // The longest wait while timers are pending, because pollers do not count the time in which the
    // machine sleeps.
    static constexpr auto wait_max = std::chrono::seconds(10);
    static constexpr auto delay_max = std::chrono::hours(24 * 365);
    static constexpr auto retry_delay = std::chrono::milliseconds(100);

    explicit Reactor(std::unique_ptr<Poller> poller);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // Requires: `handler` outlives the Watch, the reactor outlives the Watch, and the socket stays
    // open as long as the Watch exists. With no_socket nothing is polled, and callbacks come only
    // from notify().
    [[nodiscard]] Result<Watch> watch(SocketHandle socket, IoHandler& handler, Interest interest);
    // Reports readiness that the poller cannot see (bytes that are already in a TLS or memory
    // stream). The callback is called once, not within this call, as soon as the interest allows
    // it. The id of a destroyed Watch is ignored.
    void notify(uint64_t watch_id, Interest ready);
    // Runs `task` once after `delay`, which is limited to 0..delay_max. The returned id is never
    // no_timer.
    TimerId after(std::chrono::milliseconds delay, Task task);
    void cancel(TimerId timer) noexcept;  // unknown and past timers are ignored
    // Runs `task` once, after the callbacks of this turn and before the next wait. A task added by
    // a turn-end task runs in the same turn.
    void at_turn_end(Task task);
    // Any thread. Tasks run in the order of posting. Tasks left at the end of run() are kept for
    // the next run(), or destroyed with the reactor.
    void post(Task task);
    // Runs turns until stop().
    void run();
    // Any thread. Ends the current or the next run() after a turn that has run all tasks posted
    // before.
    void stop();
    [[nodiscard]] bool on_own_thread() const noexcept;
    // The time at the start of this turn; costs no system call.
    [[nodiscard]] const Clock::time_point& now() const noexcept { return now_; }
    [[nodiscard]] const Poller& poller() const noexcept { return *poller_; }

  private:
    friend class Watch;
    struct Entry {
        IoHandler* handler = nullptr;
        SocketHandle socket = no_socket;
        // Half of the id, so that the id of an earlier user of the slot is not found.
        uint32_t generation = 1;
        Interest interest = Interest::none;
        Interest noted = Interest::none;  // set by notify(), not called back yet
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
    // True from before the last check of posted_ until the end of the wait. Only then does post()
    // make the system call of a wake.
    std::atomic<bool> sleeping_{false};
};

}  // namespace midge
