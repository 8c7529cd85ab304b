#include "broker/session.h"

#include <cstring>
#include <new>

#include "base/encoding.h"
#include "base/random.h"
#include "base/text.h"
#include "broker/session_log.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Up to this many times as much as came in may be staged for reads to grow.
constexpr uint64_t staged_per_read_max = 2;
// A shorter part of a command is copied and looked at again with what follows.
constexpr size_t gathered_bytes_min = 4096;
// A timer looks this many times per write deadline.
constexpr int write_deadline_checks = 4;

// Where nats-server logs an error by its text; nothing for those that are logged with more words.
std::optional<LogLevel> refusal_level(WireError error) {
    switch (error) {
        case WireError::maximum_connections_exceeded:
        case WireError::maximum_account_connections_exceeded:
        case WireError::maximum_subscriptions_exceeded:
        case WireError::invalid_client_protocol:
        case WireError::no_responders_requires_headers:
            return LogLevel::error;
        case WireError::user_authentication_expired:
        case WireError::account_authentication_expired:
        case WireError::user_authentication_revoked:
            return LogLevel::debug;
        default:
            return std::nullopt;
    }
}

}  // namespace

Session::Session(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream, ListenerKind kind)
    : loop_(loop),
      id_(id),
      start_time_(wall_now()),
      outbound_(
          make_ref<Outbound>(id, std::move(stream), loop,
                             static_cast<size_t>(loop.settings().options.pending_bytes_max))) {
    if (kind == ListenerKind::websocket) websocket_ = std::make_unique<Websocket>();
}

Session::~Session() {
    for (const TimerId timer :
         {auth_timer_, ping_timer_, expiry_timer_, write_timer_, throttle_timer_})
        loop_.reactor().cancel(timer);
}

void Session::start() {
    const Settings& settings = loop_.settings();
    const bool room = loop_.broker().connection_opened(settings.options.connections_max);
    last_input_ = loop_.reactor().now();
    apply_limits();
    limits_.connect_required = listener().authenticator->required();
    if (listener().authenticator->uses_nonce()) nonce_ = base64url_encode(random_bytes(11));
    const bool proxied = settings.options.proxy_protocol && !websocket_;
    if (proxied) opening_ = Opening::proxy_header;
    const bool tls_first =
        listener().tls && listener().tls_options->order != HandshakeOrder::info_first;
    if (!tls_first && !websocket_) send_info(false);
    if (websocket_) {
        websocket_->room = room;  // told in its first frames
    } else if (!room) {
        close_with(WireError::maximum_connections_exceeded,
                   CloseReason::maximum_connections_exceeded);
        return;
    }
    if (!proxied && !websocket_ && settings.options.client_limits.any_per_ip() &&
        !enter_from_address())
        return;
    auto watch = outbound_->stream().watch(loop_.reactor(), *this, Interest::read);
    if (!watch) {
        log(LogLevel::error, "Cannot watch the socket: {}", watch.error().text);
        close(CloseReason::read_error);
        return;
    }
    watch_ = std::move(*watch);
    if (!websocket_) log(LogLevel::debug, "Client connection created");
    if (proxied) {
        await_proxy_header();
    } else {
        begin({});
    }
}

// `early`: what the client has sent already.
void Session::begin(std::string_view early) {
    if (listener().tls) {
        begin_tls(early);
        return;
    }
    if (websocket_) {
        await_upgrade(early);
        return;
    }
    open();
    last_input_ = loop_.reactor().now();
    if (!closed_ && !early.empty()) process(early);
}

// From now on commands are taken.
void Session::open() {
    opening_ = Opening::open;
    show_log_prefix();
    const Authenticator& judge = *listener().authenticator;
    if (!judge.has_users() && !enter_without_connect()) return;
    limits_.connect_required = !counted_in_;
    if (limits_.connect_required) start_auth_timer();
    start_ping_timer(
        std::min(listener().ping_interval, std::chrono::milliseconds(std::chrono::seconds(2))));
}

void Session::close(CloseReason reason) {
    if (closed_) return;
    closed_ = stopped_ = true;
    if (profile_ && profile_->login) *profile_->login = false;
    drop_pause();
    log(LogLevel::debug, "Client connection closed: {}", reason_text(reason));
    drop_all_subscriptions();
    watch_ = {};
    loop_.lane().outbound().commit(*outbound_);
    if (websocket_) tell_close(reason);
    outbound_->shutdown();
    leave_account();
    const bool was_client = !websocket_ || websocket_->stream != nullptr;
    if (was_client) publish_disconnect(reason);
    loop_.broker().connection_closed();
    loop_.retire(*this);
}

void Session::close_for_read_error() {
    if (websocket_ && websocket_->stream != nullptr && !websocket_->stream->failure().empty())
        log(LogLevel::error, "read error: {}", websocket_->stream->failure());
    close(CloseReason::read_error);
}

void Session::close_with(WireError error, CloseReason reason) {
    if (closed_) return;
    if (const auto level = refusal_level(error)) log(*level, "{}", wire_text(error));
    send_error(err_line(error));
    close(reason);
}

void Session::on_readable() {
    try {
        take_input();
    } catch (const std::bad_alloc&) {
        fail_for_memory();
    }
}

// Others go on: what it sent is forgotten, though some may have got its last message.
void Session::fail_for_memory() {
    loop_.lane().forget_message();
    if (closed_) return;
    rest_ = std::string();
    gathered_.reset();
    log(LogLevel::error, "Out of memory for what the client sends; closing its connection");
    close(CloseReason::read_error);
}

void Session::take_input() {
    if (closed_ || paused_) return;
    if (opening_ != Opening::open) {
        continue_opening();
        return;
    }
    const bool fits = std::max(wanted_, rest_.size() + 1) <= EventLoop::read_bytes_max;
    if (!fits && !gathered_) gather(rest_);
    if (gathered_) {
        read_gathered();
        return;
    }
    char* const buffer = loop_.read_buffer();
    const size_t kept = rest_.size();
    const size_t wanted =
        std::max({reads_much_ ? EventLoop::read_bytes_max : EventLoop::usual_read_bytes, wanted_,
                  kept + EventLoop::usual_read_bytes / 2});
    size_t room = std::min(wanted, EventLoop::read_bytes_max) - kept;
    if (limits_.connect_required) {
        room = std::min(room, limits_.control_line_bytes_max + unauthenticated_read_slack);
    }
    std::memcpy(buffer, rest_.data(), kept);
    const IoResult result = outbound_->stream().read(buffer + kept, room);
    if (!took_input(result)) return;
    const uint64_t staged_before = loop_.lane().outbound().staged_bytes_total();
    process({buffer, kept + result.bytes});
    // Larger reads mean fewer system calls; but what is staged for many receivers should not fall
    // out of the cache.
    const uint64_t staged = loop_.lane().outbound().staged_bytes_total() - staged_before;
    reads_much_ = result.bytes == room && staged <= staged_per_read_max * result.bytes;
}

// Whether there is any.
bool Session::took_input(const IoResult& result) {
    switch (result.kind) {
        case IoResult::Kind::would_block:
            return false;
        case IoResult::Kind::closed:
            close(CloseReason::client_closed);
            return false;
        case IoResult::Kind::failed:
            close_for_read_error();
            return false;
        case IoResult::Kind::done:
            break;
    }
    last_input_ = loop_.reactor().now();
    stalls_ = 0;
    return true;
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
    const IoResult result = outbound_->stream().read(room.data(), room.size());
    if (!took_input(result) || !gathered_->add(result.bytes)) return;
    const auto whole = std::move(gathered_);
    wanted_ = 0;
    process(whole->bytes());
}

void Session::process(std::string_view input) {
    const ParseOutcome outcome = parse_commands(input, limits_, *this);
    if (closed_) return;
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

void Session::pause_input() {
    paused_ = stopped_ = true;
    if (watch_) watch_.set_interest(watching_writable_ ? Interest::write : Interest::none);
}

void Session::resume_input() {
    paused_ = false;
    stopped_ = closed_;
    if (watch_) watch_.set_interest(watching_writable_ ? Interest::both : Interest::read);
    const std::string kept = std::move(rest_);
    rest_.clear();
    if (kept.empty()) return;
    try {
        process(kept);
    } catch (const std::bad_alloc&) {
        fail_for_memory();
    }
}

void Session::on_writable() {
    if (!closed_ && opening_ == Opening::handshake) {
        continue_handshake();
        return;
    }
    if (closed_ || !outbound_->write_queued()) return;
    watching_writable_ = false;
    if (watch_) watch_.set_interest(paused_ ? Interest::none : Interest::read);
}

void Session::on_outbound_event(OutboundEvent event) {
    if (closed_) return;
    switch (event) {
        case OutboundEvent::wants_writable:
            watching_writable_ = true;
            if (watch_) watch_.set_interest(paused_ ? Interest::write : Interest::both);
            if (write_timer_ == no_timer) check_write_deadline();
            return;
        case OutboundEvent::slow_consumer:
            log(LogLevel::info, "Slow Consumer Detected: MaxPending of {} Exceeded",
                loop_.settings().options.pending_bytes_max);
            loop_.broker().totals().slow_consumers.fetch_add(1);
            if (grant_.account != nullptr) grant_.account->count_slow_consumer();
            close(CloseReason::slow_consumer_pending_bytes);
            return;
        case OutboundEvent::write_failed:
            close(CloseReason::write_error);
            return;
    }
}

void Session::check_write_deadline() {
    write_timer_ = no_timer;
    const auto since = outbound_->stalled_since();
    if (!since) return;
    const auto deadline = loop_.settings().options.write_deadline;
    if (std::chrono::steady_clock::now() - *since >= deadline) {
        log(LogLevel::info,
            "Slow Consumer Detected: WriteDeadline of {} exceeded with {} bytes pending.",
            go_duration(std::chrono::nanoseconds(deadline).count()), outbound_->pending_bytes());
        loop_.broker().totals().slow_consumers.fetch_add(1);
        if (grant_.account != nullptr) grant_.account->count_slow_consumer();
        close(CloseReason::slow_consumer_write_deadline);
        return;
    }
    write_timer_ = loop_.reactor().after(
        std::max(deadline / write_deadline_checks, std::chrono::milliseconds(1)),
        [this] { check_write_deadline(); });
}

void Session::send(std::string_view bytes) {
    DeliveryLane& lane = loop_.lane().outbound();
    lane.append(lane.stage(*outbound_), bytes);
    loop_.commit_at_turn_end();
}

void Session::send_error(std::string_view line) {
    // -ERR 'text', without the quotes as nats-server shows it.
    const std::string_view text = trim(line);
    const size_t quote = text.find('\'');
    if (quote != std::string_view::npos && text.ends_with('\'')) {
        trace_out(fmt::format("{}{}", text.substr(0, quote),
                              text.substr(quote + 1, text.size() - quote - 2)));
    } else {
        trace_out(text);
    }
    send(line);
}

void Session::send_ok() {
    if (!verbose_) return;
    trace_out("OK");
    send("+OK\r\n");
}

}  // namespace midge
