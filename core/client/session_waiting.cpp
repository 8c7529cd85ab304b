// Session: a client that publishes faster than those it publishes to read (spec client-protocol.md
// 6: stall).
#include "client/session.h"
#include "connection/connection_counts.h"

namespace midge {
namespace {

// As in nats-server: a producer is held up for at most 10 ms each time it is read from.
constexpr std::chrono::milliseconds stall_duration(2);
constexpr int stalls_per_read_max = 5;

}  // namespace

// As nats-server does by default, and here with `no_fast_producer_stall: false`.
void Session::stall() {
    if (paused() || stalls_ == stalls_per_read_max) return;
    if (stalls_++ == 0) note_stall();
    pause_for(stall_duration);
}

void Session::note_stall() {
    loop().counts().stalled_clients.fetch_add(1);
    if (std::exchange(stall_told_, true)) return;
    log(LogLevel::warn, "Producer is stalled by a slow consumer");
}

// One receiver at a time: whoever else has no room is met again by the next message. What a
// session is sent goes on while it waits, so that those who publish to one another, or to
// themselves, do not wait for ever.
void Session::wait_for_room(RoomSource& receiver) {
    if (paused()) return;
    ++wait_number_;
    if (!receiver.wait_for_room(room_waiter())) return;
    awaited_ = Ref<RoomSource>(&receiver);
    pause_input();
    if (!receiver.may_hang()) return;
    note_stall();
    start_progress_timer();
}

// The receiver has no thread of its own that could see that its peer takes nothing any more.
void Session::start_progress_timer() {
    throttle_timer_ = loop().reactor().after(Outbound::progress_check_interval, [this] {
        start_progress_timer();
        awaited_->check_progress();
    });
}

void Session::on_room(uint32_t wait_number) {
    if (!awaited_ || wait_number != wait_number_) return;
    // Others who waited may have been faster.
    if (!awaited_->wait_for_room(room_waiter())) end_wait();
}

void Session::end_wait() {
    drop_pause();
    note_input();  // it was not its silence
    resume_input();
}

// The timer and the wait, if there are.
void Session::drop_pause() {
    loop().reactor().cancel(throttle_timer_);
    throttle_timer_ = no_timer;
    if (!awaited_) return;
    awaited_->stop_waiting(room_waiter());
    awaited_ = {};
}

}  // namespace midge
