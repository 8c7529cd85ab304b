// Opening: TLS before the first command (docs/protocol/transport.md, TLS).
#include "connection/connection.h"
#include "connection/connection_counts.h"
#include "connection/opening.h"

namespace midge {
namespace {

constexpr char handshake_record = 0x16;  // the first byte of every TLS connection

}  // namespace

void Opening::begin_tls(std::string_view early) {
    const TlsOptions& tls = *connection_.listener().tls_options;
    EventLoop& loop = connection_.loop();
    const int rate_max = tls.handshakes_per_second_max;
    if (dialled_.empty() && rate_max > 0 &&
        !loop.counts().take_handshake(rate_max, loop.reactor())) {
        connection_.send_error(
            "-ERR 'Connection throttling is active. Please try again later.'\r\n");
        connection_.close(CloseReason::maximum_connections_exceeded);
        return;
    }
    if (!dialled_.empty() && !connection_.websocket_ && tls.order == HandshakeOrder::info_first) {
        await_first_line();
        return;
    }
    const bool tls_only =
        !dialled_.empty() || connection_.websocket_ ||
        tls.order == HandshakeOrder::handshake_first ||
        (tls.order == HandshakeOrder::info_first && !loop.settings().options.allow_non_tls);
    if (tls_only) {
        start_handshake(early);
    } else if (!early.empty()) {
        take_first_bytes(early);
    } else if (tls.order == HandshakeOrder::handshake_or_info && !connection_.greeted_) {
        await_first_byte(tls.info_delay);
    } else {
        await_first_byte(tls.timeout);
    }
}

void Opening::await_first_byte(std::chrono::milliseconds patience) {
    state_ = State::first_byte;
    start_timer(patience, [this] { on_no_first_byte(); });
}

void Opening::on_no_first_byte() {
    if (connection_.greeted_) {
        connection_.finish_opening({});  // a peer that begins with TLS would have begun
        return;
    }
    connection_.greet_once();
    if (connection_.loop().settings().options.allow_non_tls) {
        await_first_byte(connection_.listener().tls_options->timeout);
    } else {
        start_handshake({});
    }
}

void Opening::read_first_byte() {
    EventLoop& loop = connection_.loop();
    char* const buffer = loop.read_buffer();
    const auto room =
        static_cast<size_t>(loop.settings().options.control_line_bytes_max) + read_slack;
    if (const auto count = read(buffer, std::min(room, EventLoop::read_bytes_max)))
        take_first_bytes({buffer, *count});
}

void Opening::take_first_bytes(std::string_view input) {
    stop_timer();
    if (input.front() == handshake_record || !connection_.loop().settings().options.allow_non_tls) {
        start_handshake(input);
        return;
    }
    connection_.greet_once();
    connection_.finish_opening(input);
}

void Opening::start_handshake(std::string_view early) {
    connection_.log(LogLevel::debug, "Starting TLS {} connection handshake",
                    dialled_.empty() ? "client" : "server");
    state_ = State::handshake;
    if (!flush()) return;
    connection_.watch_ = {};
    connection_.outbound().wrap_stream([&](std::unique_ptr<Stream>& raw) {
        auto tls = std::make_unique<TlsStream>(
            std::move(raw), connection_.listener().tls->current(), early, dialled_);
        connection_.tls_ = tls.get();
        return tls;
    });
    auto watch = connection_.tls_->watch(connection_.loop().reactor(), connection_, Interest::read);
    if (!watch) {
        fail_handshake(LogLevel::error, watch.error().text);
        return;
    }
    connection_.watch_ = std::move(*watch);
    const auto patience = connection_.websocket_
                              ? connection_.loop().settings().options.websocket.handshake_timeout
                              : connection_.listener().tls_options->timeout;
    start_timer(patience, [this] {
        connection_.log_with(LogLevel::debug, {{"reason", "timeout"}}, "TLS handshake timeout");
        connection_.close(CloseReason::tls_handshake_failure);
    });
    if (!early.empty() || !dialled_.empty()) continue_handshake();
}

void Opening::continue_handshake() {
    if (connection_.loop().take_handshake_step(connection_.id())) {
        step_handshake();
    } else {
        connection_.watch_.set_interest(Interest::none);
    }
}

void Opening::step_handshake() {
    TlsStream& tls = *connection_.tls_;
    switch (tls.handshake()) {
        case TlsStream::Progress::wants_read:
            connection_.watch_.set_interest(Interest::read);
            return;
        case TlsStream::Progress::wants_write:
            connection_.watch_.set_interest(Interest::both);
            return;
        case TlsStream::Progress::done:
            finish_handshake();
            return;
        case TlsStream::Progress::failed:
            // A stranger that speaks something else is no news.
            fail_handshake(tls.is_no_tls() ? LogLevel::debug : LogLevel::error, tls.failure());
            return;
    }
}

void Opening::finish_handshake() {
    stop_timer();
    Connection& connection = connection_;
    const TlsStream& tls = *connection.tls_;
    if (!tls.peer_is_pinned()) {
        fail_handshake(LogLevel::error, "certificate not pinned");
        return;
    }
    connection.log(LogLevel::debug, "TLS handshake complete");
    connection.log_with(LogLevel::debug,
                        {{"tls_version", tls.version()}, {"cipher_suite", tls.cipher_suite()}},
                        "TLS version {}, cipher suite {}", tls.version(), tls.cipher_suite());
    connection.watch_.set_interest(Interest::read);
    connection.liveness().note_input();
    if (connection.websocket_) {
        await_upgrade({});
    } else {
        if (dialled_.empty()) connection.greet_once();
        // This object is gone after the next call.
        const std::string first_line = std::move(rest_);
        connection.finish_opening(first_line);
    }
    // More may have come in the same read as the end of the handshake.
    connection.on_readable();
}

void Opening::fail_handshake(LogLevel level, std::string_view why) {
    connection_.log_with(level, {{"reason", why}}, "TLS handshake error: {}", why);
    connection_.close(CloseReason::tls_handshake_failure);
}

}  // namespace midge
