// Opening: the PROXY protocol before everything else that a peer sends (docs/protocol/transport.md,
// PROXY protocol).
#include <cstring>

#include "connection/connection.h"
#include "connection/opening.h"
#include "net/proxy_header.h"

namespace midge {
namespace {

constexpr std::chrono::milliseconds header_patience = std::chrono::seconds(5);
// What is read at once of a header whose rest is ignored.
constexpr size_t ignored_read_bytes = 16 * 1024;

}  // namespace

void Opening::await_proxy_header() {
    const ListenerSettings& listener = connection_.listener();
    const bool greeting_due = listener.tls && !connection_.greeted_ &&
                              listener.tls_options->order == HandshakeOrder::handshake_or_info;
    start_proxy_timer(greeting_due ? listener.tls_options->info_delay : header_patience,
                      greeting_due);
}

void Opening::start_proxy_timer(std::chrono::milliseconds patience, bool greeting_due) {
    start_timer(patience, [this, greeting_due] {
        if (!greeting_due) {
            on_no_proxy_header();
            return;
        }
        connection_.greet_once();
        start_proxy_timer(header_patience, false);
    });
}

// Some bytes that could be the beginning of a header are a peer's own after all, as for
// nats-server.
void Opening::on_no_proxy_header() {
    const std::string_view part = missing_part_of_proxy_header(rest_);
    const bool nothing_else = !rest_.empty() && part == missing_part_of_proxy_header({});
    if (!nothing_else || ignored_bytes_ > 0) {
        fail_proxy_header(rest_.empty() && ignored_bytes_ == 0
                              ? "failed to read protocol version: EOF"
                              : fmt::format("failed to read {}: i/o timeout", part));
        return;
    }
    const std::string early = std::move(rest_);
    rest_.clear();
    finish_proxy_header(early);
}

void Opening::read_proxy_header() {
    char* const buffer = connection_.loop().read_buffer();
    const size_t kept = rest_.size();
    std::memcpy(buffer, rest_.data(), kept);
    const IoResult result = connection_.outbound().stream().read(buffer + kept, ignored_read_bytes);
    switch (result.kind) {
        case IoResult::Kind::would_block:
            return;
        case IoResult::Kind::closed:
            fail_proxy_header(fmt::format("failed to read {}: {}EOF",
                                          missing_part_of_proxy_header(rest_),
                                          rest_.empty() ? "" : "unexpected "));
            return;
        case IoResult::Kind::failed:
            connection_.close(CloseReason::read_error);
            return;
        case IoResult::Kind::done:
            break;
    }
    std::string_view input(buffer, kept + result.bytes);
    if (ignored_bytes_ == 0) {
        take_proxy_header(input);
        return;
    }
    const size_t ignored = std::min(ignored_bytes_, input.size());
    ignored_bytes_ -= ignored;
    input.remove_prefix(ignored);
    if (ignored_bytes_ == 0) finish_proxy_header(input);
}

void Opening::take_proxy_header(std::string_view input) {
    ProxyHeader header = parse_proxy_header(input);
    switch (header.kind) {
        case ProxyHeader::Kind::unfinished:
            rest_.assign(input);
            return;
        case ProxyHeader::Kind::bad:
            fail_proxy_header(header.failure);
            return;
        case ProxyHeader::Kind::absent:
            break;
        case ProxyHeader::Kind::present:
            if (header.client)
                connection_.forwarded_for_ =
                    std::make_unique<PeerAddress>(std::move(*header.client));
            input.remove_prefix(header.size);
            ignored_bytes_ = header.ignored_size;
            break;
    }
    rest_.clear();
    if (ignored_bytes_ == 0) finish_proxy_header(input);
}

void Opening::finish_proxy_header(std::string_view early) {
    stop_timer();
    state_ = State::undecided;
    if (connection_.enter()) begin(early);
}

void Opening::fail_proxy_header(std::string_view why) {
    const PeerAddress& peer = connection_.outbound().stream().peer();
    connection_.logger().log_with(
        LogLevel::warn,
        {{"cid", connection_.id()}, {"address", connection_.shown_address()}, {"reason", why}},
        "Error reading PROXY protocol header from {}:{}: {}", peer.ip, peer.port, why);
    connection_.close(CloseReason::protocol_violation);
}

}  // namespace midge
