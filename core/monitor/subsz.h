#pragma once
// The page SUBSZ: the index of subscriptions (docs/protocol/monitoring.md, Subscriptions).
#include <cstdint>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "monitor/connz.h"

namespace midge {

// Of one account, or of all.
struct SublistStats {
    uint64_t subscriptions = 0;
    uint64_t cached = 0;   // match results that are kept
    uint64_t inserts = 0;  // since the start
    uint64_t removes = 0;
    uint64_t matches = 0;
    double cache_hit_rate = 0;  // 0 to 1
    uint64_t fanout_max = 0;    // of the kept results
    double fanout_average = 0;
};
// The members, in an object that the caller has begun.
void write_fields(JsonWriter& out, const SublistStats& stats);

struct Subsz {
    std::string server_id;
    WallNanos now = 0;
    SublistStats stats;
    uint64_t total = 0;  // of the list before paging
    int64_t offset = 0;
    int64_t limit = page_limit_default;
    std::vector<SubscriptionRow> subscriptions;
};
void write_json(JsonWriter& out, const Subsz& page);

}  // namespace midge
