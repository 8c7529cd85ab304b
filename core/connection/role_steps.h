#pragma once
// What the role of a connection does in the steps of its life.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/close_reason.h"
#include "base/log_fields.h"
#include "base/result.h"
#include "net/reactor.h"

namespace midge {

// The functions that a role implements, in the order in which Connection calls them. Those with a
// body here are for roles that have something to do then. On the thread of the connection's loop.
class RoleSteps : public IoHandler {
  public:
    // A receiver that the role waits for has room (InputPause).
    virtual void on_room(uint32_t /*wait_number*/) {}
    // A subscription of the role has had its last delivery.
    virtual void on_subscription_spent(const std::string& /*sid*/) {}
    // Whether the peer is asked for a PONG now.
    [[nodiscard]] virtual bool expects_pong() const { return false; }

  protected:
    // "Client": for the log.
    [[nodiscard]] virtual std::string_view role_name() const noexcept = 0;
    // Before anything is sent or read.
    virtual void prepare() {}
    // Sends what the server says first. Before the TLS handshake, after it, or not at all.
    virtual void greet() {}
    // The address is known. False: the role has closed the connection.
    [[nodiscard]] virtual bool enter() { return true; }
    // A peer that the server has dialled begins in plain text (DialSettings). Returns whether TLS
    // follows its first line, which comes without its end; an error ends the connection. As soon as
    // the stream is ready, the role gets the line by take_early(). TLS protects only what comes
    // later: somebody between the two may have changed the line.
    [[nodiscard]] virtual Result<bool> wants_tls_after(std::string_view /*line*/) { return true; }
    // The stream is ready: from now on read_commands() is called.
    virtual void open() {}
    // There may be input: reads it up to its end, or a part of it, if the connection is watched on.
    virtual void read_commands() = 0;
    // Takes what the peer sent already while the connection opened.
    virtual void take_early(std::string_view input) = 0;
    // A pause is over: takes commands that were read before it.
    virtual void read_kept() {}
    // Memory ran out while it read: forgets what it has of commands.
    virtual void forget_input() {}
    // The peer does not read fast enough; the connection is about to be closed.
    virtual void note_slow_consumer(CloseReason /*reason*/) {}
    // The connection closes: nothing more is taken or delivered.
    virtual void leave() {}
    // The stream has ended; `opened`: it was one that commands could come by.
    virtual void left(CloseReason /*reason*/, bool /*opened*/) {}
    // What the log shows behind address and id: `"v1:go:app" - "$G/user:a" - `.
    [[nodiscard]] virtual std::string log_labels() const { return {}; }
    // Adds what the role knows of the peer to the fields of a log line.
    virtual void add_log_fields(LogFields& /*fields*/) const {}
};

}  // namespace midge
