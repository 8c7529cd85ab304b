#include "connection/opening.h"

#include "connection/connection.h"

namespace midge {

Opening::~Opening() {
    stop_timer();
}

void Opening::start() {
    if (state_ == State::proxy_header) {
        await_proxy_header();
    } else {
        begin({});
    }
}

void Opening::begin(std::string_view early) {
    if (connection_.listener().tls) {
        begin_tls(early);
    } else if (connection_.websocket_) {
        await_upgrade(early);
    } else {
        connection_.finish_opening(early);
    }
}

void Opening::on_readable() {
    switch (state_) {
        case State::proxy_header:
            read_proxy_header();
            return;
        case State::first_line:
            read_first_line();
            return;
        case State::first_byte:
            read_first_byte();
            return;
        case State::handshake:
            continue_handshake();
            return;
        case State::upgrade:
            read_upgrade();
            return;
        case State::undecided:
            return;
    }
}

// Nothing when there is nothing to read, or no more.
std::optional<size_t> Opening::read(char* buffer, size_t room) {
    const IoResult result = connection_.outbound().stream().read(buffer, room);
    switch (result.kind) {
        case IoResult::Kind::done:
            return result.bytes;
        case IoResult::Kind::closed:
            connection_.close(CloseReason::client_closed);
            break;
        case IoResult::Kind::failed:
            connection_.close(CloseReason::read_error);
            break;
        case IoResult::Kind::would_block:
            break;
    }
    return std::nullopt;
}

bool Opening::flush() {
    // A fresh socket takes that much.
    Outbound& outbound = connection_.outbound();
    connection_.loop().lane().outbound().commit(outbound);
    if (outbound.pending_bytes() == 0) return true;
    connection_.close(CloseReason::write_error);
    return false;
}

void Opening::start_timer(std::chrono::milliseconds patience, Task on_timeout) {
    stop_timer();
    timer_ =
        connection_.loop().reactor().after(patience, [this, on_timeout = std::move(on_timeout)] {
            timer_ = no_timer;
            connection_.guarded(on_timeout);
        });
}

void Opening::stop_timer() {
    connection_.loop().reactor().cancel(timer_);
    timer_ = no_timer;
}

}  // namespace midge
