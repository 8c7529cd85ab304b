#pragma once
// The header with which a proxy tells the client's address: PROXY protocol, versions 1 and 2
// (docs/protocol/transport.md, PROXY protocol).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/socket.h"

namespace midge {

// The result of parsing the first bytes of a connection.
struct ProxyHeader {
    enum class Kind : uint8_t {
        unfinished,  // more bytes have to come
        absent,      // no header: all bytes are the client's own
        present,
        bad,  // `failure` has the reason, in nats-server's words
    };
    Kind kind = Kind::unfinished;
    size_t size = 0;  // bytes of the header that are there; only with `present`
    // Bytes of the header that follow and contain nothing useful; only with `present`.
    size_t ignored_size = 0;
    // No value if the proxy speaks for itself or does not know the client.
    std::optional<PeerAddress> client;
    std::string failure;
};

// The most bytes that are necessary to understand a header. With `unfinished`, `bytes` are fewer.
inline constexpr size_t proxy_header_bytes_max = 107;

[[nodiscard]] ProxyHeader parse_proxy_header(std::string_view bytes);
// Returns which part of an unfinished header is missing, in the words of nats-server's log.
[[nodiscard]] std::string_view missing_part_of_proxy_header(std::string_view bytes);

}  // namespace midge
