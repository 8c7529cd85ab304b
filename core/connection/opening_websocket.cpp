// Opening: the upgrade to WebSocket before the first command (docs/protocol/transport.md,
// WebSocket).
#include <cstring>

#include "connection/connection.h"
#include "connection/opening.h"
#include "websocket/http_request.h"

namespace midge {
namespace {

// A message may hold several commands.
constexpr uint64_t payloads_per_message = 8;
constexpr uint64_t message_bytes_most = 64 * 1024 * 1024;

}  // namespace

void Opening::await_upgrade(std::string_view early) {
    state_ = State::upgrade;
    start_timer(connection_.loop().settings().options.websocket.handshake_timeout, [this] {
        connection_.log_with(LogLevel::debug, {{"reason", "timeout"}},
                             "websocket handshake timeout");
        connection_.close(CloseReason::client_closed);
    });
    if (!early.empty()) take_upgrade(early);
}

void Opening::read_upgrade() {
    char* const buffer = connection_.loop().read_buffer();
    const size_t kept = rest_.size();
    std::memcpy(buffer, rest_.data(), kept);
    // One byte more than may be shows that there is more.
    if (const auto count = read(buffer + kept, request_head_max + 1 - kept))
        take_upgrade({buffer, kept + *count});
}

void Opening::take_upgrade(std::string_view input) {
    const auto head = request_head_size(input);
    if (!head) {
        if (input.size() > request_head_max) {
            finish_upgrade(refuse_long_head());
        } else {
            rest_.assign(input);
        }
        return;
    }
    Upgrade upgrade = judge_upgrade(input.substr(0, *head), *connection_.listener().upgrade);
    // It cannot know yet how the server will understand it.
    if (*head < input.size() && upgrade.refused.empty()) {
        upgrade = {};
        upgrade.refused = "client sent data before handshake is complete";
    }
    finish_upgrade(std::move(upgrade));
}

void Opening::finish_upgrade(Upgrade upgrade) {
    stop_timer();
    Connection& connection = connection_;
    if (!upgrade.answer.empty()) connection.send(upgrade.answer);
    if (!upgrade.refused.empty()) {
        const PeerAddress& peer = connection.outbound().stream().peer();
        connection.logger().log_with(LogLevel::error,
                                     {{"cid", connection.id()},
                                      {"address", connection.shown_address()},
                                      {"reason", upgrade.refused}},
                                     "{}:{} - websocket handshake error: {}", peer.ip, peer.port,
                                     upgrade.refused);
        connection.close(CloseReason::client_closed);
        return;
    }
    if (!flush() || !wrap_in_websocket(upgrade)) return;
    connection.websocket_->cookies = std::move(upgrade.cookies);
    connection.websocket_->forwarded_for = std::move(upgrade.forwarded_for);
    connection.log(LogLevel::debug, "{} connection created", connection.role_name());
    connection.liveness().note_input();
    connection.greet_once();
    if (!has_room_) {
        connection.close_with(WireError::maximum_connections_exceeded,
                              CloseReason::maximum_connections_exceeded);
        return;
    }
    if (connection.enter()) connection.finish_opening({});
}

bool Opening::wrap_in_websocket(const Upgrade& upgrade) {
    WebsocketStream::Settings settings;
    settings.rules.masked = upgrade.masked;
    settings.rules.compression = settings.compression = upgrade.compression;
    const auto payload_max =
        static_cast<uint64_t>(connection_.loop().settings().options.payload_bytes_max);
    settings.rules.message_bytes_max =
        std::min(payload_max * payloads_per_message, message_bytes_most);
    settings.small_frames = upgrade.browser;
    connection_.watch_ = {};
    connection_.outbound().wrap_stream([&](std::unique_ptr<Stream>& raw) {
        auto stream = std::make_unique<WebsocketStream>(std::move(raw), settings);
        connection_.websocket_->stream = stream.get();
        return stream;
    });
    return connection_.watch(Interest::read);
}

}  // namespace midge
