#pragma once
// The header by which a proxy says whose connection it passes on: the PROXY protocol, versions 1
// and 2 (spec client-protocol.md 9).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/socket.h"

namespace midge {

// What the first bytes of a connection are.
struct ProxyHeader {
    enum class Kind : uint8_t {
        unfinished,  // more bytes have to come
        absent,      // something else: all bytes are the client's own
        present,
        bad,  // says why in `failure`, in nats-server's words
    };
    Kind kind = Kind::unfinished;
    size_t size = 0;  // bytes of the header that are there; only with `present`
    // Bytes of the header that follow and say nothing that is of use; only with `present`.
    size_t ignored_size = 0;
    // Nothing where the proxy speaks for itself or does not know.
    std::optional<PeerAddress> client;
    std::string failure;
};

// A header's part that has to be there to understand it is never longer: with `unfinished` `bytes`
// are fewer than that.
inline constexpr size_t proxy_header_bytes_max = 107;

[[nodiscard]] ProxyHeader parse_proxy_header(std::string_view bytes);
// Which part of an unfinished header is missing, as nats-server calls it in its log.
[[nodiscard]] std::string_view missing_part_of_proxy_header(std::string_view bytes);

}  // namespace midge
