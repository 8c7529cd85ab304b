#pragma once
// Where system events go: the system account, a file, or any plugin (through plugins/host).
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/component_report.h"

namespace midge {

// One event for sinks. The views last for the call.
struct SinkEvent {
    std::string_view subject;  // as in the system account: "$SYS.ACCOUNT.<key>.CONNECT"
    std::string_view json;     // compact
    uint64_t sequence = 0;     // counts the events of this bus from 1
};

// Called on the bus thread, if nothing else is said.
class EventSink {
  public:
    virtual ~EventSink() = default;
    // For logs: "system-account", "sink-file".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    // Whether an event on `subject` is for this sink; asked before the event's JSON is made.
    [[nodiscard]] virtual bool wants(std::string_view /*subject*/) const { return true; }
    // Whether its events have the JWTs of users, as nats-server sends them; if not, their hashes.
    [[nodiscard]] virtual bool wants_jwts() const noexcept { return true; }
    // Takes events that it wants, in order. Must not wait: a slow sink queues within a bound and
    // counts what it drops.
    virtual void publish(std::span<const SinkEvent> events) = 0;
    // Waits (at most some seconds) until what was published before is out of this process.
    virtual void flush() = 0;
    // Opens files again that a log rotation has moved away.
    virtual void reopen() {}
    // What a sink keeps `ready` for: to be called from any thread when resume() has work to do. It
    // takes no lock of a sink. Before the first publish(), and with an empty one after the last;
    // any thread.
    virtual void on_ready(std::function<void()> /*ready*/) {}
    // Goes on with what it could not pass on before.
    virtual void resume() {}
    // Whether it has something to say about itself; any thread.
    [[nodiscard]] virtual bool report(ComponentReport& /*out*/) { return false; }
};

}  // namespace midge
