#pragma once
// The interface of receivers of system events: the system account, a file, or a plugin (through
// plugins/host).
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "base/component_report.h"

namespace midge {

// An event for sinks. The views are valid during the call.
struct SinkEvent {
    std::string_view subject;  // as in the system account: "$SYS.ACCOUNT.<key>.CONNECT"
    std::string_view json;     // compact
    uint64_t sequence = 0;     // number of the event on this bus, from 1
};

// Functions are called on the bus thread unless their comment says otherwise.
class EventSink {
  public:
    virtual ~EventSink() = default;
    // For logs, e.g. "system-account", "sink-file".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    // Whether this sink wants events on `subject`. Called before the event's JSON is made.
    [[nodiscard]] virtual bool wants(std::string_view /*subject*/) const { return true; }
    // Whether its events have the JWTs of users, as nats-server sends them; if not, their hashes.
    [[nodiscard]] virtual bool wants_jwts() const noexcept { return true; }
    // Takes events that it wants, in order. Must not wait: a slow sink queues within a bound and
    // counts what it drops.
    virtual void publish(std::span<const SinkEvent> events) = 0;
    // Waits (at most some seconds) until earlier events have left this process.
    virtual void flush() = 0;
    // Reopens files, because a log rotation may have moved them away.
    virtual void reopen() {}
    // Sets a callback that the sink calls, from any thread, when resume() has work to do. The
    // callback takes no lock of a sink. on_ready() is called before the first publish(), and with
    // an empty callback after the last one; any thread.
    virtual void on_ready(std::function<void()> /*ready*/) {}
    // Continues with events that the sink could not pass on before.
    virtual void resume() {}
    // Fills in the report of this sink; returns false if it has none. Any thread.
    [[nodiscard]] virtual bool report(ComponentReport& /*out*/) { return false; }
};

}  // namespace midge
