#include "monitor/connz_order.h"

#include <algorithm>
#include <array>
#include <utility>

namespace midge {
namespace {

constexpr auto sort_words = std::to_array<std::pair<std::string_view, ConnzSort>>({
    {"cid", ConnzSort::cid},
    {"start", ConnzSort::start},
    {"subs", ConnzSort::subs},
    {"pending", ConnzSort::pending},
    {"msgs_to", ConnzSort::msgs_to},
    {"msgs_from", ConnzSort::msgs_from},
    {"bytes_to", ConnzSort::bytes_to},
    {"bytes_from", ConnzSort::bytes_from},
    {"last", ConnzSort::last},
    {"idle", ConnzSort::idle},
    {"uptime", ConnzSort::uptime},
    {"stop", ConnzSort::stop},
    {"reason", ConnzSort::reason},
    {"rtt", ConnzSort::rtt},
});

// The place of a reason among the texts of all reasons in alphabetical order.
int64_t rank_of(CloseReason reason) {
    const std::string_view text = reason_text(reason);
    int64_t rank = 0;
    for (size_t i = 0; i < close_reason_count; ++i) {
        if (reason_text(static_cast<CloseReason>(i)) < text) ++rank;
    }
    return rank;
}

// The largest number comes first, except for the orders of cid, start, uptime and reason.
int64_t descending(uint64_t number) {
    return -static_cast<int64_t>(number);
}

}  // namespace

Result<ConnzSort> connz_sort(const ConnzOptions& options) {
    const std::string_view word = options.sort.empty() ? "cid" : std::string_view(options.sort);
    const auto* const found = std::find_if(sort_words.begin(), sort_words.end(),
                                           [&](const auto& one) { return one.first == word; });
    if (found == sort_words.end())
        return fail(Errc::invalid, "invalid sorting option: " + options.sort);
    const ConnzSort sort = found->second;
    if (options.state != ConnectionState::closed) {
        if (sort == ConnzSort::stop)
            return fail(Errc::invalid, "sort by stop only valid on closed connections");
        if (sort == ConnzSort::reason)
            return fail(Errc::invalid, "sort by reason only valid on closed connections");
    }
    return sort;
}

ConnzKey connz_key(const ConnectionFigures& figures, ConnzSort sort, WallNanos now) {
    const WallNanos end = figures.stop != 0 ? figures.stop : now;
    const auto value = [&]() -> int64_t {
        switch (sort) {
            case ConnzSort::cid:
                return 0;
            case ConnzSort::start:
                return figures.start;
            case ConnzSort::subs:
                return descending(figures.subscriptions);
            case ConnzSort::pending:
                return descending(figures.pending_bytes);
            case ConnzSort::msgs_to:
                return descending(figures.out_msgs);
            case ConnzSort::msgs_from:
                return descending(figures.in_msgs);
            case ConnzSort::bytes_to:
                return descending(figures.out_bytes);
            case ConnzSort::bytes_from:
                return descending(figures.in_bytes);
            case ConnzSort::last:
                return -figures.last_activity;
            case ConnzSort::idle:
                return -(end - figures.last_activity);
            case ConnzSort::uptime:
                return end - figures.start;
            case ConnzSort::stop:
                return -figures.stop;
            case ConnzSort::reason:
                return rank_of(figures.reason);
            case ConnzSort::rtt:
                return -figures.rtt_nanos;
        }
        return 0;
    };
    return {.value = value(), .cid = figures.cid, .closed = {}};
}

void select_page(std::vector<ConnzKey>& keys, int64_t offset, int64_t limit) {
    const auto size = static_cast<int64_t>(keys.size());
    const int64_t begin = std::clamp<int64_t>(offset, 0, size);
    const int64_t wanted = limit <= 0 ? page_limit_default : limit;
    const int64_t end = begin + std::min(wanted, size - begin);
    const auto before = [](const ConnzKey& a, const ConnzKey& b) {
        return a.value != b.value ? a.value < b.value : a.cid < b.cid;
    };
    std::partial_sort(keys.begin(), keys.begin() + end, keys.end(), before);
    keys.erase(keys.begin() + end, keys.end());
    keys.erase(keys.begin(), keys.begin() + begin);
}

}  // namespace midge
