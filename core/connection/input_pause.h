#pragma once
// Pauses of a peer that publishes.
#include <chrono>
#include <cstdint>

#include "net/reactor.h"
#include "net/room_source.h"

namespace midge {

class Connection;

// Stops reading from a connection for a time, or until a receiver of its messages has room: one
// pause at a time. Owned by the role of the connection; the thread of its loop.
class InputPause {
  public:
    explicit InputPause(Connection& connection) noexcept : connection_(connection) {}
    ~InputPause();
    InputPause(const InputPause&) = delete;
    InputPause& operator=(const InputPause&) = delete;

    // Nothing is read for `silence`. Requires: no pause.
    void begin(std::chrono::milliseconds silence);
    // A short pause, at most five times for each read, as nats-server makes by default. Nothing
    // happens during another pause.
    void stall();
    // Nothing is read until `receiver` has room, or turns out not to read. Nothing happens during
    // another pause.
    void wait_for_room(RoomSource& receiver);
    // `receiver` of the wait with that number has room (Connection::on_room).
    void on_room(uint32_t wait_number);
    [[nodiscard]] bool waits_for_room() const noexcept { return static_cast<bool>(awaited_); }
    // The number of reads that receivers have delayed.
    [[nodiscard]] uint32_t stalls() const noexcept { return stalls_; }
    void end_wait();
    // Input has been read, so the next messages may stall again.
    void note_read() noexcept { stalls_of_read_ = 0; }
    // The connection closes: ends the timer and the wait, without reading again.
    void drop();

  private:
    [[nodiscard]] RoomWaiter room_waiter() const noexcept;
    void note_stall();
    void start_progress_timer();

    Connection& connection_;
    TimerId timer_ = no_timer;
    uint32_t wait_number_ = 0;  // of the last wait for room
    uint32_t stalls_ = 0;
    uint8_t stalls_of_read_ = 0;  // since the last read
    bool told_ = false;           // the log has a line about this connection's first stall
    Ref<RoomSource> awaited_;     // null: it does not wait for room
};

}  // namespace midge
