#pragma once
// The order of the connections on the page CONNZ.
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "monitor/connz.h"

namespace midge {

enum class ConnzSort : uint8_t {
    cid,
    start,
    subs,
    pending,
    msgs_to,
    msgs_from,
    bytes_to,
    bytes_from,
    last,
    idle,
    uptime,
    stop,
    reason,
    rtt,
};
// The order that the request asks for. Fails with nats-server's texts for unknown words, and for
// orders that only closed connections have.
[[nodiscard]] Result<ConnzSort> connz_sort(const ConnzOptions& options);

// The place of one connection on the page.
struct ConnzKey {
    int64_t value = 0;
    uint64_t cid = 0;
    unsigned loop = 0;                            // that has the connection, if it is open
    std::shared_ptr<const ConnectionRow> closed;  // null: it is open
};
[[nodiscard]] ConnzKey connz_key(const ConnectionFigures& figures, ConnzSort sort, WallNanos now);

// Sorts, and keeps only the part that the page shows: `offset` and `limit` as in the request.
void select_page(std::vector<ConnzKey>& keys, int64_t offset, int64_t limit);

}  // namespace midge
