#pragma once
// One event loop: sockets, timers, posted tasks. The portable heart of the broker (design: docs and ARCHITECTURE.md).
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

// Callbacks for one socket; destroying it ends them at once, also from within one. Reactor's thread only.
class Watch {
  public:
    Watch() = default;
    Watch(Watch&& other) noexcept;
    Watch& operator=(Watch&& other) noexcept;
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch();
    // Changes what is reported. No system call if nothing changes.
    void set_interest(Interest interest);
    [[nodiscard]] explicit operator bool() const noexcept { return reactor_ != nullptr; }

  private:
    friend class Reactor;
    Watch(Reactor* reactor, uint64_t id) : reactor_(reactor), id_(id) {}
    Reactor* reactor_ = nullptr;
    uint64_t id_ = 0;
};

// Lives on the thread that calls run(); before run() the thread that made it may use it. Only post() and stop() may be called
// from other threads. A callback may destroy any Watch or cancel any timer, its own included. Tasks must not throw.
class Reactor {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Reactor(std::unique_ptr<Poller> poller);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // `handler` must outlive the Watch; the socket must stay open until the Watch is gone.
    [[nodiscard]] Result<Watch> watch(SocketHandle socket, IoHandler& handler, Interest interest);
    // Runs `task` once, `delay` from now. The id is never no_timer.
    TimerId after(std::chrono::milliseconds delay, Task task);
    void cancel(TimerId timer) noexcept;  // unknown or past ones are ignored
    // Runs `task` once, after this turn's callbacks and before the next wait. A task that is added while turn-end tasks run
    // runs in the same turn.
    void at_turn_end(Task task);
    // Any thread. Tasks run in order of posting. After the loop has ended they are kept and destroyed with the reactor.
    void post(Task task);
    // Until stop(). Posted tasks and timers that are due run between waits.
    void run();
    void stop();  // any thread
    [[nodiscard]] bool on_own_thread() const noexcept;
    // Time at the start of this turn; cheap.
    [[nodiscard]] Clock::time_point now() const noexcept { return now_; }
    [[nodiscard]] const Poller& poller() const noexcept { return *poller_; }

  private:
    friend class Watch;
    struct Entry;
    void forget(uint64_t id) noexcept;
    void change(uint64_t id, Interest interest);
    void dispatch_io();
    void run_due_timers();
    void run_posted();
    void run_turn_end();
    [[nodiscard]] std::chrono::milliseconds wait_time() const;

    std::unique_ptr<Poller> poller_;
    std::unordered_map<uint64_t, Entry> entries_;
    uint64_t next_id_ = 1;
    std::map<std::pair<Clock::time_point, TimerId>, Task> timers_;
    std::unordered_map<TimerId, Clock::time_point> timer_times_;
    TimerId next_timer_ = 1;
    std::vector<Task> turn_end_;
    std::vector<Readiness> ready_;
    Clock::time_point now_;
    std::atomic<std::thread::id> thread_;
    std::atomic<bool> stopping_{false};

    std::mutex mutex_;  // guards posted_ only
    std::vector<Task> posted_;
    std::vector<Task> running_;
};

}  // namespace midge
