#pragma once
// Lets calls through until it is closed, and knows when the last one has left.
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace midge {

// Guards an object that ends while other threads may call it. Any thread; entering again while
// inside is fine, closing while inside waits for ever.
class Turnstile {
  public:
    // Being inside; converts to false when the turnstile was closed before.
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

    // Nobody enters any more; returns when everybody has left.
    void close() {
        std::unique_lock lock(mutex_);
        closed_ = true;
        empty_.wait(lock, [&] { return inside_ == 0; });
    }

  private:
    void leave() noexcept {
        // Notified under the lock: the closer may destroy this object as soon as it gets the lock.
        const std::lock_guard lock(mutex_);
        if (--inside_ == 0) empty_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable empty_;
    size_t inside_ = 0;
    bool closed_ = false;
};

}  // namespace midge
