// Session: the upgrade to WebSocket before the first command (spec client-protocol.md 10).
#include <cstring>

#include "broker/session.h"
#include "broker/session_log.h"
#include "websocket/http_request.h"

namespace midge {
namespace {

// A message may hold several commands.
constexpr uint64_t payloads_per_message = 8;
constexpr uint64_t message_bytes_most = 64 * 1024 * 1024;

CloseStatus status_of(CloseReason reason) {
    switch (reason) {
        case CloseReason::client_closed:
            return CloseStatus::normal;
        case CloseReason::authentication_timeout:
        case CloseReason::authentication_failure:
        case CloseReason::authentication_expired:
        case CloseReason::credentials_revoked:
        case CloseReason::slow_consumer_pending_bytes:
        case CloseReason::slow_consumer_write_deadline:
        case CloseReason::maximum_account_connections_exceeded:
        case CloseReason::maximum_connections_exceeded:
        case CloseReason::maximum_control_line_exceeded:
        case CloseReason::maximum_subscriptions_exceeded:
            return CloseStatus::policy_violation;
        case CloseReason::protocol_violation:
        case CloseReason::bad_client_protocol_version:
            return CloseStatus::protocol_error;
        case CloseReason::maximum_payload_exceeded:
            return CloseStatus::message_too_big;
        case CloseReason::read_error:
        case CloseReason::write_error:
        case CloseReason::stale_connection:
        case CloseReason::server_shutdown:
            return CloseStatus::going_away;
        case CloseReason::tls_handshake_failure:
            return CloseStatus::tls_handshake;
        default:
            return CloseStatus::server_error;
    }
}

}  // namespace

std::chrono::milliseconds Session::websocket_handshake_timeout() const noexcept {
    return loop_.settings().options.websocket.handshake_timeout;
}

void Session::await_upgrade(std::string_view early) {
    opening_ = Opening::upgrade;
    auth_timer_ = loop_.reactor().after(websocket_handshake_timeout(), [this] {
        auth_timer_ = no_timer;
        log(LogLevel::debug, "websocket handshake timeout");
        close(CloseReason::client_closed);
    });
    if (!early.empty()) take_upgrade(early);
}

void Session::read_upgrade() {
    char* const buffer = loop_.read_buffer();
    const size_t kept = rest_.size();
    std::memcpy(buffer, rest_.data(), kept);
    // One byte more than may be shows that there is more.
    if (const auto count = read_opening(buffer + kept, request_head_max + 1 - kept))
        take_upgrade({buffer, kept + *count});
}

void Session::take_upgrade(std::string_view input) {
    const auto head = request_head_size(input);
    if (!head) {
        if (input.size() > request_head_max) {
            finish_upgrade(refuse_long_head());
        } else {
            rest_.assign(input);
        }
        return;
    }
    Upgrade upgrade = judge_upgrade(input.substr(0, *head), loop_.settings().upgrade);
    // It cannot know yet how the server will understand it.
    if (*head < input.size() && upgrade.refused.empty()) {
        upgrade = {};
        upgrade.refused = "client sent data before handshake is complete";
    }
    rest_ = std::string();
    finish_upgrade(std::move(upgrade));
}

void Session::finish_upgrade(Upgrade upgrade) {
    loop_.reactor().cancel(auth_timer_);
    auth_timer_ = no_timer;
    if (!upgrade.answer.empty()) send(upgrade.answer);
    if (!upgrade.refused.empty()) {
        const PeerAddress& peer = outbound_->stream().peer();
        loop_.broker().logger().error("{}:{} - websocket handshake error: {}", peer.ip, peer.port,
                                      upgrade.refused);
        close(CloseReason::client_closed);
        return;
    }
    // What is staged goes out as it is. A fresh socket takes that much.
    loop_.lane().outbound().commit(*outbound_);
    if (outbound_->pending_bytes() > 0) {
        close(CloseReason::write_error);
        return;
    }
    WebsocketStream::Settings settings;
    settings.rules.masked = upgrade.masked;
    settings.rules.compression = settings.compression = upgrade.compression;
    const auto payload_max = static_cast<uint64_t>(loop_.settings().options.payload_bytes_max);
    settings.rules.message_bytes_max =
        std::min(payload_max * payloads_per_message, message_bytes_most);
    settings.small_frames = upgrade.browser;
    watch_ = {};
    outbound_->wrap_stream([&](std::unique_ptr<Stream> raw) {
        auto stream = std::make_unique<WebsocketStream>(std::move(raw), settings);
        websocket_->stream = stream.get();
        return stream;
    });
    auto watch = websocket_->stream->watch(loop_.reactor(), *this, Interest::read);
    if (!watch) {
        log(LogLevel::error, "Cannot watch the socket: {}", watch.error().text);
        close(CloseReason::read_error);
        return;
    }
    watch_ = std::move(*watch);
    websocket_->cookies = std::move(upgrade.cookies);
    websocket_->forwarded_for = std::move(upgrade.forwarded_for);
    log(LogLevel::debug, "Client connection created");
    last_input_ = loop_.reactor().now();
    send_info(false);
    if (!websocket_->room) {
        close_with(WireError::maximum_connections_exceeded,
                   CloseReason::maximum_connections_exceeded);
        return;
    }
    if (loop_.settings().options.client_limits.any_per_ip() && !enter_from_address()) return;
    open();
}

void Session::tell_close(CloseReason reason) {
    if (websocket_->stream != nullptr)
        websocket_->stream->set_close(status_of(reason), reason_text(reason));
}

// What CONNECT does not say.
void Session::take_cookies(ConnectOptions& connect) const {
    const auto fill = [](std::string& field, const std::string& cookie) {
        if (field.empty()) field = cookie;
    };
    const CookieValues& cookies = websocket_->cookies;
    fill(connect.jwt, cookies.jwt);
    fill(connect.user, cookies.user);
    fill(connect.pass, cookies.password);
    fill(connect.auth_token, cookies.token);
}

}  // namespace midge
