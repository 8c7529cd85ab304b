#include "connection/input_pause.h"

#include <utility>

#include "connection/connection.h"
#include "connection/connection_counts.h"

namespace midge {
namespace {

// As in nats-server: a producer is held up for at most 10 ms each time it is read from.
constexpr std::chrono::milliseconds stall_duration(2);
constexpr int stalls_per_read_max = 5;

}  // namespace

InputPause::~InputPause() {
    connection_.loop().reactor().cancel(timer_);
}

RoomWaiter InputPause::room_waiter() const noexcept {
    return {&connection_.loop(), connection_.id(), wait_number_};
}

void InputPause::begin(std::chrono::milliseconds silence) {
    connection_.pause_input();
    timer_ = connection_.loop().reactor().after(silence, [this] {
        timer_ = no_timer;
        connection_.resume_input();
    });
}

void InputPause::stall() {
    if (connection_.paused() || stalls_of_read_ == stalls_per_read_max) return;
    if (stalls_of_read_++ == 0) note_stall();
    begin(stall_duration);
}

void InputPause::note_stall() {
    ++stalls_;
    connection_.loop().counts().stalled_clients.fetch_add(1);
    if (std::exchange(told_, true)) return;
    connection_.log(LogLevel::warn, "Producer is stalled by a slow consumer");
}

// One receiver at a time: if another one has no room either, the next message finds that out. The
// connection still gets messages while it waits, so that clients that publish to each other, or to
// themselves, do not wait for ever.
void InputPause::wait_for_room(RoomSource& receiver) {
    if (connection_.paused()) return;
    ++wait_number_;
    if (!receiver.wait_for_room(room_waiter())) return;
    awaited_ = Ref<RoomSource>(&receiver);
    connection_.pause_input();
    if (!receiver.may_hang()) return;
    note_stall();
    start_progress_timer();
}

// The receiver has no thread of its own that could notice that its peer reads nothing any more.
void InputPause::start_progress_timer() {
    timer_ = connection_.loop().reactor().after(Outbound::progress_check_interval, [this] {
        start_progress_timer();
        awaited_->check_progress();
    });
}

void InputPause::on_room(uint32_t wait_number) {
    if (!awaited_ || wait_number != wait_number_) return;
    // Other connections that waited may have been faster.
    if (!awaited_->wait_for_room(room_waiter())) end_wait();
}

void InputPause::end_wait() {
    drop();
    connection_.liveness().note_input();  // the peer was not silent of its own will
    connection_.resume_input();
}

void InputPause::drop() {
    connection_.loop().reactor().cancel(timer_);
    timer_ = no_timer;
    if (!awaited_) return;
    awaited_->stop_waiting(room_waiter());
    awaited_ = {};
}

}  // namespace midge
