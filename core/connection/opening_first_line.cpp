// Opening: the first line of a peer that the server has dialled, in plain text before TLS
// (docs/protocol/transport.md, TLS).
#include <cstring>

#include "connection/connection.h"
#include "connection/opening.h"

namespace midge {
namespace {

// Without its end. The INFO of a server has 600 bytes, and 22 more for each address of its cluster.
constexpr size_t first_line_bytes_max = 64 * 1024;
// What a log line shows of unexpected bytes.
constexpr size_t quoted_bytes_max = 64;

}  // namespace

void Opening::await_first_line() {
    state_ = State::first_line;
    const std::chrono::milliseconds patience = connection_.listener().tls_options->timeout;
    start_timer(patience, [this, patience] {
        const auto nanos = std::chrono::nanoseconds(patience).count();
        fail_handshake(LogLevel::error,
                       fmt::format("the peer sent no complete line within {}, expected INFO",
                                   go_duration(nanos)));
    });
}

void Opening::read_first_line() {
    char* const buffer = connection_.loop().read_buffer();
    const size_t kept = rest_.size();
    std::memcpy(buffer, rest_.data(), kept);
    // One byte more than may be shows that the line is too long.
    const IoResult result =
        connection_.outbound().stream().read(buffer + kept, first_line_bytes_max + 1 - kept);
    switch (result.kind) {
        case IoResult::Kind::would_block:
            return;
        case IoResult::Kind::closed:
            fail_handshake(LogLevel::error, "the peer has closed the connection, expected INFO");
            return;
        case IoResult::Kind::failed:
            connection_.close(CloseReason::read_error);
            return;
        case IoResult::Kind::done:
            take_first_line({buffer, kept + result.bytes});
            return;
    }
}

void Opening::take_first_line(std::string_view input) {
    const size_t end = input.find('\n');
    if (end != std::string_view::npos) {
        judge_first_line(input, end);
    } else if (input.size() <= first_line_bytes_max) {
        rest_.assign(input);
    } else {
        fail_handshake(
            LogLevel::error,
            fmt::format("the first line of the peer has more than {} bytes", first_line_bytes_max));
    }
}

// `input` begins with the line, whose LF is at `end`.
void Opening::judge_first_line(std::string_view input, size_t end) {
    std::string_view line = input.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::string_view behind = input.substr(end + 1);
    const auto wants_tls = connection_.wants_tls_after(line);
    if (!wants_tls) {
        fail_handshake(LogLevel::error, wants_tls.error().text);
    } else if (!*wants_tls) {
        continue_without_tls(input);
    } else if (!behind.empty()) {
        // A peer that is about to speak TLS waits for our first message. Somebody between the two
        // could have added the bytes, and they must not pass for the peer's own within TLS.
        fail_handshake(LogLevel::error,
                       fmt::format("the peer sent {} bytes behind INFO, before TLS: {}",
                                   behind.size(), go_quote(behind.substr(0, quoted_bytes_max))));
    } else {
        rest_.assign(input);  // for the role, after the handshake
        start_handshake({});
    }
}

void Opening::continue_without_tls(std::string_view input) {
    const auto& dial = connection_.listener().dial;
    if (!dial || !dial->tls_optional) {
        fail_handshake(LogLevel::error,
                       "the INFO of the peer does not ask for TLS, which this connection requires");
        return;
    }
    stop_timer();
    connection_.finish_opening(input);
}

}  // namespace midge
