#pragma once
// Where system events go: the system account, a file, or any plugin (through plugins/host).
#include <cstdint>
#include <string_view>

namespace midge {

class EventSink {
  public:
    virtual ~EventSink() = default;
    // For logs: "system-account", "sink-file".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    // Takes one event; `subject` as in the system account ("$SYS.ACCOUNT.<key>.CONNECT"), `json`
    // compact, `sequence` counts the events of this bus from 1 without gaps. The views last for the
    // call. Called on the bus thread only; must not wait: a slow sink queues within a bound and
    // counts what it drops.
    virtual void publish(std::string_view subject, std::string_view json, uint64_t sequence) = 0;
    // Waits (at most some seconds) until what was published before is out of this process. Bus
    // thread.
    virtual void flush() = 0;
};

}  // namespace midge
