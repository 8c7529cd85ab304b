#pragma once
// Allows calls until it is closed, and then waits for the last one.
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace midge {

// Protects an object that is destroyed while other threads may call it. Usable from any thread.
// Entering again while inside is allowed; closing while inside waits forever.
class Turnstile {
  public:
    // Permission to be inside; converts to false if the turnstile was closed before.
    class Pass {
      public:
        explicit Pass(Turnstile* in) noexcept : in_(in) {}
        Pass(Pass&& other) noexcept : in_(std::exchange(other.in_, nullptr)) {}
        Pass& operator=(Pass&&) = delete;
        ~Pass() {
            if (in_ != nullptr) in_->leave();
        }
        explicit operator bool() const noexcept { return in_ != nullptr; }

      private:
        Turnstile* in_;
    };

    [[nodiscard]] Pass enter() {
        const std::lock_guard lock(mutex_);
        if (closed_) return Pass(nullptr);
        ++inside_;
        return Pass(this);
    }

    // Refuses further calls, and returns after the last caller has left.
    void close() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        empty_.wait(lock, [&] { return inside_ == 0; });
    }

  private:
    void leave() noexcept {
        // Notifies under the lock, because close() may return, and this object be destroyed, as
        // soon as the lock is free.
        const std::lock_guard lock(mutex_);
        if (--inside_ == 0) empty_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable empty_;
    size_t inside_ = 0;
    bool closed_ = false;
};

}  // namespace midge
