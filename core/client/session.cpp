#include "client/session.h"

#include <cstring>

#include "base/encoding.h"
#include "base/random.h"
#include "connection/opening.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Up to this many times as much as came in may be staged for reads to grow.
constexpr uint64_t staged_per_read_max = 2;
// A shorter part of a command is copied and looked at again with what follows.
constexpr size_t gathered_bytes_min = 4096;

}  // namespace

Session::~Session() {
    for (const TimerId timer : {auth_timer_, expiry_timer_, throttle_timer_})
        loop().reactor().cancel(timer);
}

void Session::prepare() {
    apply_limits();
    limits_.connect_required = authenticator().required();
    if (authenticator().uses_nonce()) nonce_ = base64url_encode(random_bytes(11));
}

void Session::open() {
    show_log_prefix();
    const Authenticator& judge = authenticator();
    if (!judge.has_users() && !enter_without_connect()) return;
    limits_.connect_required = !counted_in_;
    if (limits_.connect_required) start_auth_timer();
    start_ping_timer(
        std::min(listener().ping_interval, std::chrono::milliseconds(std::chrono::seconds(2))));
}

void Session::leave() {
    if (profile_ && profile_->login) *profile_->login = false;
    loop().reactor().cancel(auth_timer_);
    auth_timer_ = no_timer;
    drop_pause();
    subscriptions_.drop_all();
}

void Session::left(CloseReason reason, bool opened) {
    leave_account();
    if (opened) publish_disconnect(reason);
}

void Session::count_slow_consumer() {
    if (grant_.account != nullptr) grant_.account->count_slow_consumer();
}

// No answer is read while the session waits for a receiver.
bool Session::expects_pong() const {
    return !limits_.connect_required && !awaited_;
}

void Session::forget_input() {
    rest_ = std::string();
    gathered_.reset();
}

void Session::read_commands() {
    const bool fits = std::max(wanted_, rest_.size() + 1) <= EventLoop::read_bytes_max;
    if (!fits && !gathered_) gather(rest_);
    if (gathered_) {
        read_gathered();
        return;
    }
    char* const buffer = loop().read_buffer();
    const size_t kept = rest_.size();
    const size_t wanted =
        std::max({reads_much_ ? EventLoop::read_bytes_max : EventLoop::usual_read_bytes, wanted_,
                  kept + EventLoop::usual_read_bytes / 2});
    size_t room = std::min(wanted, EventLoop::read_bytes_max) - kept;
    if (limits_.connect_required) {
        room = std::min(room, limits_.control_line_bytes_max + Opening::read_slack);
    }
    std::memcpy(buffer, rest_.data(), kept);
    const IoResult result = outbound().stream().read(buffer + kept, room);
    if (!took_input(result)) return;
    stalls_ = 0;
    const uint64_t staged_before = loop().lane().outbound().staged_bytes_total();
    process({buffer, kept + result.bytes});
    // Larger reads mean fewer system calls; but what is staged for many receivers should not fall
    // out of the cache.
    const uint64_t staged = loop().lane().outbound().staged_bytes_total() - staged_before;
    reads_much_ = result.bytes == room && staged <= staged_per_read_max * result.bytes;
}

// The parser has checked what is wanted against its limit.
void Session::gather(std::string_view rest) {
    constexpr size_t operation_bytes_max = 64;
    gathered_ = std::make_unique<GatheredCommand>(
        rest, wanted_, limits_.control_line_bytes_max + operation_bytes_max);
    rest_ = std::string();
}

void Session::read_gathered() {
    const std::span<char> room = gathered_->room();
    const IoResult result = outbound().stream().read(room.data(), room.size());
    if (!took_input(result)) return;
    stalls_ = 0;
    if (!gathered_->add(result.bytes)) return;
    const auto whole = std::move(gathered_);
    wanted_ = 0;
    process(whole->bytes());
}

void Session::process(std::string_view input) {
    const ParseOutcome outcome = parse_commands(input, limits_, *this);
    if (closed()) return;
    if (outcome.status == ParseStatus::need_more || outcome.status == ParseStatus::stopped) {
        keep_rest(input.substr(outcome.consumed), outcome.wanted, outcome.consumed > 0);
    } else if (outcome.status == ParseStatus::connect_expected && enter_without_connect()) {
        process(input.substr(outcome.consumed));
    } else {
        fail_parse(outcome);
    }
}

// `rest` may be a part of what rest_ held before, but never of rest_ itself: process() gets the
// loop's buffer or a copy.
void Session::keep_rest(std::string_view rest, size_t wanted, bool is_start) {
    wanted_ = wanted;
    if (rest.empty()) {
        rest_ = std::string();  // gives its memory back
    } else if (!is_start && rest.size() >= gathered_bytes_min && !rest_.empty()) {
        gather(rest);  // it comes piece by piece
    } else {
        rest_.assign(rest);
    }
}

void Session::fail_parse(const ParseOutcome& outcome) {
    switch (outcome.status) {
        case ParseStatus::unknown_operation:
            log(LogLevel::error, "{}", outcome.detail);
            // The subject was judged before the body came.
            if (pedantic_ && !outcome.subject.empty() && !is_publishable(outcome.subject))
                send_error(err_line(WireError::invalid_publish_subject));
            close_with(WireError::unknown_protocol_operation, CloseReason::protocol_violation);
            return;
        case ParseStatus::bad_arguments:
            log(LogLevel::error, "{}", outcome.detail);
            close(CloseReason::protocol_violation);
            return;
        case ParseStatus::line_too_long:
            log(LogLevel::error, "{}", wire_text(WireError::maximum_control_line_exceeded));
            close_with(WireError::maximum_control_line_exceeded,
                       CloseReason::maximum_control_line_exceeded);
            return;
        case ParseStatus::payload_too_big:
            log(LogLevel::error, "maximum payload exceeded: {} vs {}", outcome.wanted,
                limits_.payload_bytes_max);
            close_with(WireError::maximum_payload_violation, CloseReason::maximum_payload_exceeded);
            return;
        case ParseStatus::headers_unsupported:
            log(LogLevel::error, "message headers not supported");
            close(CloseReason::message_header_violation);
            return;
        case ParseStatus::connect_expected:
            refuse_login({Errc::denied, "a command before CONNECT"}, {});
            return;
        case ParseStatus::need_more:
        case ParseStatus::stopped:
            return;
    }
}

void Session::resume_input() {
    watch_input();
    const std::string kept = std::move(rest_);
    rest_.clear();
    if (kept.empty()) return;
    guarded([&] { process(kept); });
}

void Session::send_ok() {
    if (!verbose_) return;
    trace_out("OK");
    send("+OK\r\n");
}

}  // namespace midge
