#include "connection/connection.h"

#include "base/text.h"
#include "connection/connection_counts.h"
#include "connection/opening.h"
#include "connection/websocket_status.h"

namespace midge {
namespace {

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

std::string shown_host(const std::string& ip) {
    return ip.find(':') == std::string::npos ? ip : "[" + ip + "]";
}

}  // namespace

Connection::Connection(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream,
                       ListenerIndex listener)
    : loop_(loop),
      id_(id),
      listener_(listener),
      start_time_(wall_now()),
      outbound_(make_ref<Outbound>(id, std::move(stream), loop,
                                   static_cast<size_t>(loop.settings().options.pending_bytes_max))),
      liveness_(*this) {
    if (this->listener().upgrade) websocket_ = std::make_unique<WebsocketPeer>();
}

Connection::~Connection() {
    loop_.reactor().cancel(write_timer_);
}

void Connection::start(std::string dialled) {
    const Options& options = loop_.settings().options;
    const bool dials = !dialled.empty();
    // Whom the server itself dials it has room for.
    const bool has_room = loop_.counts().opened(options.connections_max) || dials;
    liveness_.note_input();
    prepare();
    const bool proxied = listener().proxied;
    opening_ = std::make_unique<Opening>(*this, has_room, proxied, std::move(dialled));
    const bool tls_first =
        listener().tls && listener().tls_options->order != HandshakeOrder::info_first;
    if (!tls_first && !websocket_ && !dials) greet_once();
    if (!has_room && !websocket_) {  // that one is told in its first frames
        close_with(WireError::maximum_connections_exceeded,
                   CloseReason::maximum_connections_exceeded);
        return;
    }
    if (!proxied && !websocket_ && !enter()) return;
    if (!watch(Interest::read)) return;
    if (!websocket_) log(LogLevel::debug, "{} connection created", role_name());
    opening_->start();
}

void Connection::greet_once() {
    if (!std::exchange(greeted_, true)) greet();
}

// The opening, which calls this, is gone at its end.
void Connection::finish_opening(std::string_view early) {
    opening_.reset();
    open();
    liveness_.note_input();
    if (!closed_ && !early.empty()) take_early(early);
}

bool Connection::watch(Interest interest) {
    auto watch = outbound_->stream().watch(loop_.reactor(), *this, interest);
    if (!watch) {
        log_with(LogLevel::error, {{"reason", watch.error().text}}, "Cannot watch the socket: {}",
                 watch.error().text);
        close(CloseReason::read_error);
        return false;
    }
    watch_ = std::move(*watch);
    return true;
}

void Connection::close(CloseReason reason) {
    if (closed_) return;
    closed_ = stopped_ = true;
    // One that is due in this turn must not open what is closed.
    if (opening_) opening_->stop_timer();
    log_with(LogLevel::debug, {{"reason", reason_text(reason)}}, "{} connection closed: {}",
             role_name(), reason_text(reason));
    leave();
    watch_ = {};
    loop_.lane().outbound().commit(*outbound_);
    const bool is_upgraded = websocket_ && websocket_->stream != nullptr;
    if (is_upgraded) websocket_->stream->set_close(websocket_status(reason), reason_text(reason));
    outbound_->shutdown();
    left(reason, is_upgraded || !websocket_);
    loop_.counts().closed();
    listener().role->closed(id_);
    loop_.retire(*this);
}

void Connection::close_with(WireError error, CloseReason reason) {
    if (closed_) return;
    if (const auto level = refusal_level(error))
        log_with(*level, {{"reason", wire_text(error)}}, "{}", wire_text(error));
    send_error(err_line(error));
    close(reason);
}

void Connection::close_for_read_error() {
    if (websocket_ && websocket_->stream != nullptr && !websocket_->stream->failure().empty()) {
        const std::string_view why = websocket_->stream->failure();
        log_with(LogLevel::error, {{"reason", why}}, "read error: {}", why);
    }
    close(CloseReason::read_error);
}

void Connection::on_readable() {
    if (closed_ || paused_) return;
    guarded([this] {
        if (opening_) {
            opening_->on_readable();
        } else {
            read_commands();
        }
    });
}

bool Connection::knows_address() const noexcept {
    return !opening_ || opening_->knows_address();
}

bool Connection::awaits_tls() const noexcept {
    return opening_ && opening_->awaits_tls();
}

// Others go on: what it sent is forgotten, though some may have got its last message.
void Connection::fail_for_memory() {
    loop_.lane().forget_message();
    if (closed_) return;
    forget_input();
    log(LogLevel::error, "Out of memory for what the client sends; closing its connection");
    close(CloseReason::read_error);
}

bool Connection::took_input(const IoResult& result) {
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
    liveness_.note_input();
    return true;
}

void Connection::pause_input() {
    paused_ = stopped_ = true;
    if (watch_) watch_.set_interest(watching_writable_ ? Interest::write : Interest::none);
}

void Connection::resume_input() {
    paused_ = false;
    stopped_ = closed_;
    if (watch_) watch_.set_interest(watching_writable_ ? Interest::both : Interest::read);
    guarded([this] { read_kept(); });
}

void Connection::resume_handshake() {
    // It may have failed meanwhile, by its timer.
    if (!closed_ && opening_ && opening_->in_handshake()) opening_->continue_handshake();
}

void Connection::on_writable() {
    if (closed_) return;
    if (opening_ && opening_->in_handshake()) {
        opening_->continue_handshake();
        return;
    }
    if (!outbound_->write_queued()) return;
    watching_writable_ = false;
    if (watch_) watch_.set_interest(paused_ ? Interest::none : Interest::read);
}

void Connection::on_outbound_event(OutboundEvent event) {
    if (closed_) return;
    switch (event) {
        case OutboundEvent::wants_writable:
            watching_writable_ = true;
            if (watch_) watch_.set_interest(paused_ ? Interest::write : Interest::both);
            if (write_timer_ == no_timer) check_write_deadline();
            return;
        case OutboundEvent::slow_consumer:
            log_with(LogLevel::info,
                     {{"reason", reason_text(CloseReason::slow_consumer_pending_bytes)},
                      {"pending_bytes", outbound_->pending_bytes()}},
                     "Slow Consumer Detected: MaxPending of {} Exceeded",
                     loop_.settings().options.pending_bytes_max);
            close_slow_consumer(CloseReason::slow_consumer_pending_bytes);
            return;
        case OutboundEvent::write_failed:
            close(CloseReason::write_error);
            return;
    }
}

void Connection::close_slow_consumer(CloseReason reason) {
    loop_.counts().slow_consumers.fetch_add(1);
    note_slow_consumer(reason);
    close(reason);
}

void Connection::check_write_deadline() {
    write_timer_ = no_timer;
    const auto since = outbound_->stalled_since();
    if (!since) return;
    const auto deadline = loop_.settings().options.write_deadline;
    if (std::chrono::steady_clock::now() - *since >= deadline) {
        const size_t pending = outbound_->pending_bytes();
        log_with(LogLevel::info,
                 {{"reason", reason_text(CloseReason::slow_consumer_write_deadline)},
                  {"pending_bytes", pending}},
                 "Slow Consumer Detected: WriteDeadline of {} exceeded with {} bytes pending.",
                 go_duration(std::chrono::nanoseconds(deadline).count()), pending);
        close_slow_consumer(CloseReason::slow_consumer_write_deadline);
        return;
    }
    write_timer_ = loop_.reactor().after(
        std::max(deadline / write_deadline_checks, std::chrono::milliseconds(1)),
        [this] { check_write_deadline(); });
}

void Connection::send(std::string_view bytes) {
    DeliveryLane& lane = loop_.lane().outbound();
    lane.append(lane.stage(*outbound_), bytes);
    loop_.commit_at_turn_end();
}

void Connection::send_error(std::string_view line) {
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

Logger& Connection::logger() const noexcept {
    return loop_.logger();
}

std::string Connection::shown_address() const {
    const PeerAddress& peer = address();
    return fmt::format("{}:{}", shown_host(peer.ip), peer.port);
}

std::string Connection::log_prefix() const {
    std::string prefix;
    if (websocket_ && !websocket_->forwarded_for.empty())
        prefix = shown_host(websocket_->forwarded_for) + "/";
    prefix += fmt::format("{} - {}:{} - ", shown_address(), websocket_ ? "wid" : "cid", id_);
    return prefix + log_labels();
}

void Connection::write_log(LogLevel level, std::string_view message,
                           std::initializer_list<LogField> own) const {
    const std::string prefix = log_prefix();
    const std::string text = fmt::format("{}{}", prefix, message);
    if (!logger().takes_fields()) {
        logger().write(level, text);
        return;
    }
    LogFields fields{{"cid", id_}, {"kind", role_name()}, {"address", shown_address()}};
    if (websocket_) fields.add({"forwarded_for", websocket_->forwarded_for});
    add_log_fields(fields);
    fields.add_all(own);
    logger().write_entry(level, {text, prefix.size(), fields});
}

void Connection::show_log_prefix() {
    if (loop_.lane().tracing()) outbound_->set_log_prefix(log_prefix());
}

void Connection::trace_in(std::string_view operation, std::string_view arguments) const {
    if (!loop_.lane().tracing()) [[likely]]
        return;
    log(LogLevel::trace, "<<- [{}{}{}]", operation, arguments.empty() ? "" : " ", arguments);
}

void Connection::trace_out(std::string_view what) const {
    if (!loop_.lane().tracing()) [[likely]]
        return;
    log(LogLevel::trace, "->> [{}]", what);
}

}  // namespace midge
