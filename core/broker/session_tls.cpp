// Session: TLS before the first command (spec client-protocol.md 8).
#include "broker/session.h"
#include "broker/session_log.h"

namespace midge {
namespace {

constexpr char handshake_record = 0x16;  // the first byte of every TLS connection

}  // namespace

void Session::begin_tls(std::string_view early) {
    const TlsOptions& tls = *listener().tls_options;
    const int rate_max = tls.handshakes_per_second_max;
    if (rate_max > 0 && !loop_.broker().take_handshake(rate_max)) {
        send_error("-ERR 'Connection throttling is active. Please try again later.'\r\n");
        close(CloseReason::maximum_connections_exceeded);
        return;
    }
    const bool tls_only =
        websocket_ || tls.order == HandshakeOrder::handshake_first ||
        (tls.order == HandshakeOrder::info_first && !loop_.settings().options.allow_non_tls);
    if (tls_only) {
        start_handshake(early);
    } else if (!early.empty()) {
        take_first_bytes(early);
    } else if (tls.order == HandshakeOrder::handshake_or_info && !info_sent_) {
        await_first_byte(tls.info_delay);
    } else {
        await_first_byte(tls.timeout);
    }
}

// Nothing when there is nothing to read, or no more.
std::optional<size_t> Session::read_opening(char* buffer, size_t room) {
    const IoResult result = outbound_->stream().read(buffer, room);
    switch (result.kind) {
        case IoResult::Kind::done:
            return result.bytes;
        case IoResult::Kind::closed:
            close(CloseReason::client_closed);
            break;
        case IoResult::Kind::failed:
            close(CloseReason::read_error);
            break;
        case IoResult::Kind::would_block:
            break;
    }
    return std::nullopt;
}

void Session::await_first_byte(std::chrono::milliseconds patience) {
    opening_ = Opening::awaits_first_byte;
    loop_.reactor().cancel(auth_timer_);
    auth_timer_ = loop_.reactor().after(patience, [this] {
        auth_timer_ = no_timer;
        on_no_first_byte();
    });
}

void Session::on_no_first_byte() {
    const Options& options = loop_.settings().options;
    if (!std::exchange(info_sent_, true)) {
        send_info(false);
        if (options.allow_non_tls) {
            await_first_byte(listener().tls_options->timeout);
        } else {
            start_handshake({});
        }
        return;
    }
    open();  // a client that begins with TLS would have begun
}

void Session::continue_opening() {
    switch (opening_) {
        case Opening::proxy_header:
            read_proxy_header();
            return;
        case Opening::awaits_first_byte:
            read_first_byte();
            return;
        case Opening::handshake:
            continue_handshake();
            return;
        case Opening::upgrade:
            read_upgrade();
            return;
        case Opening::open:
            return;
    }
}

void Session::read_first_byte() {
    char* const buffer = loop_.read_buffer();
    const size_t room = limits_.control_line_bytes_max + unauthenticated_read_slack;
    if (const auto count = read_opening(buffer, std::min(room, EventLoop::read_bytes_max)))
        take_first_bytes({buffer, *count});
}

void Session::take_first_bytes(std::string_view input) {
    loop_.reactor().cancel(auth_timer_);
    auth_timer_ = no_timer;
    if (input.front() == handshake_record || !loop_.settings().options.allow_non_tls) {
        start_handshake(input);
        return;
    }
    if (!info_sent_) send_info(false);
    open();
    last_input_ = loop_.reactor().now();
    if (!closed_) process(input);
}

void Session::start_handshake(std::string_view early) {
    log(LogLevel::debug, "Starting TLS client connection handshake");
    opening_ = Opening::handshake;
    // What is staged goes out plain. A fresh socket takes that much.
    loop_.lane().outbound().commit(*outbound_);
    if (outbound_->pending_bytes() > 0) {
        close(CloseReason::write_error);
        return;
    }
    watch_ = {};
    outbound_->wrap_stream([&](std::unique_ptr<Stream> raw) {
        auto tls = std::make_unique<TlsStream>(std::move(raw), listener().tls->current(), early);
        tls_ = tls.get();
        return tls;
    });
    auto watch = tls_->watch(loop_.reactor(), *this, Interest::read);
    if (!watch) {
        fail_handshake(LogLevel::error, watch.error().text);
        return;
    }
    watch_ = std::move(*watch);
    loop_.reactor().cancel(auth_timer_);
    const auto patience =
        websocket_ ? websocket_handshake_timeout() : listener().tls_options->timeout;
    auth_timer_ = loop_.reactor().after(patience, [this] {
        auth_timer_ = no_timer;
        log(LogLevel::debug, "TLS handshake timeout");
        close(CloseReason::tls_handshake_failure);
    });
    if (!early.empty()) continue_handshake();
}

void Session::continue_handshake() {
    if (loop_.take_handshake_step(id_)) {
        step_handshake();
    } else {
        watch_.set_interest(Interest::none);
    }
}

void Session::resume_handshake() {
    // It may have failed meanwhile, by its timer.
    if (!closed_ && opening_ == Opening::handshake) continue_handshake();
}

void Session::step_handshake() {
    switch (tls_->handshake()) {
        case TlsStream::Progress::wants_read:
            watch_.set_interest(Interest::read);
            return;
        case TlsStream::Progress::wants_write:
            watch_.set_interest(Interest::both);
            return;
        case TlsStream::Progress::done:
            finish_handshake();
            return;
        case TlsStream::Progress::failed:
            // A stranger that speaks something else is no news.
            fail_handshake(tls_->is_no_tls() ? LogLevel::debug : LogLevel::error, tls_->failure());
            return;
    }
}

void Session::finish_handshake() {
    loop_.reactor().cancel(auth_timer_);
    auth_timer_ = no_timer;
    if (!tls_->peer_is_pinned()) {
        fail_handshake(LogLevel::error, "certificate not pinned");
        return;
    }
    log(LogLevel::debug, "TLS handshake complete");
    log(LogLevel::debug, "TLS version {}, cipher suite {}", tls_->version(), tls_->cipher_suite());
    watch_.set_interest(Interest::read);
    last_input_ = loop_.reactor().now();
    if (websocket_) {
        await_upgrade({});
        on_readable();
        return;
    }
    if (!info_sent_) send_info(false);
    open();
    // Commands may have come in the same read as the end of the handshake.
    on_readable();
}

void Session::fail_handshake(LogLevel level, std::string_view why) {
    log(level, "TLS handshake error: {}", why);
    close(CloseReason::tls_handshake_failure);
}

}  // namespace midge
