#pragma once
// Owning handles for objects of the NATS C library (libnats).
#include <nats/nats.h>

#include <memory>

namespace midge::cli {

template <class T, void (*destroy)(T*)>
struct NatsDestroy {
    void operator()(T* handle) const noexcept { destroy(handle); }
};

using OptionsHandle = std::unique_ptr<natsOptions, NatsDestroy<natsOptions, natsOptions_Destroy>>;
using MessageHandle = std::unique_ptr<natsMsg, NatsDestroy<natsMsg, natsMsg_Destroy>>;
using SubscriptionHandle =
    std::unique_ptr<natsSubscription, NatsDestroy<natsSubscription, natsSubscription_Destroy>>;

// Opens libnats; the destructor waits for its threads to end. Made once in main(), before any
// Connection, and outlives all of them.
class NatsLibrary {
  public:
    NatsLibrary() { nats_Open(-1); }
    ~NatsLibrary() { nats_CloseAndWait(close_wait_ms); }
    NatsLibrary(const NatsLibrary&) = delete;
    NatsLibrary& operator=(const NatsLibrary&) = delete;

  private:
    static constexpr int64_t close_wait_ms = 5000;
};

}  // namespace midge::cli
