#pragma once
// Intrusive reference counting for objects that several event loops hold at once.
#include <atomic>
#include <cstdint>
#include <utility>

namespace midge {

// Base class of objects held by Ref. It is smaller than shared_ptr: each holder needs one pointer
// of 8 bytes, and the counter needs no second allocation. This matters in vectors with a million
// entries.
class RefCounted {
  public:
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

  protected:
    RefCounted() = default;
    virtual ~RefCounted() = default;

  private:
    template <class>
    friend class Ref;
    mutable std::atomic<uint32_t> references_{0};
};

template <class T>
class Ref {
  public:
    Ref() = default;
    explicit Ref(T* object) noexcept : object_(object) { acquire(); }
    Ref(const Ref& other) noexcept : object_(other.object_) { acquire(); }
    Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    template <class U>
    requires std::is_convertible_v<U*, T*> Ref(const Ref<U>& other)
    noexcept : object_(other.get()) { acquire(); }
    Ref& operator=(Ref other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Ref() {
        if (object_ == nullptr) return;
        const RefCounted* counted = object_;
        if (counted->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete counted;
    }
    [[nodiscard]] T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    // Returns whether this is the only reference, provided that no other thread can copy this one
    // meanwhile. Requires: not null.
    [[nodiscard]] bool is_only() const noexcept {
        const RefCounted* const counted = object_;
        return counted->references_.load(std::memory_order_acquire) == 1;
    }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    friend bool operator==(const Ref& a, const Ref& b) noexcept { return a.object_ == b.object_; }

  private:
    void acquire() const noexcept {
        if (object_ != nullptr) {
            static_cast<const RefCounted*>(object_)->references_.fetch_add(
                1, std::memory_order_relaxed);
        }
    }
    T* object_ = nullptr;
};

template <class T, class... Args>
[[nodiscard]] Ref<T> make_ref(Args&&... args) {
    return Ref<T>(new T(std::forward<Args>(args)...));
}

}  // namespace midge
