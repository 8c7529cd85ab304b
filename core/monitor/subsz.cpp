#include "monitor/subsz.h"

#include "monitor/page_text.h"

namespace midge {

void write_fields(JsonWriter& out, const SublistStats& stats) {
    out.field("num_subscriptions", stats.subscriptions).field("num_cache", stats.cached);
    out.field("num_inserts", stats.inserts).field("num_removes", stats.removes);
    out.field("num_matches", stats.matches).field("cache_hit_rate", stats.cache_hit_rate);
    out.field("max_fanout", stats.fanout_max).field("avg_fanout", stats.fanout_average);
}

void write_json(JsonWriter& out, const Subsz& page) {
    begin_page(out, page.server_id, page.now);
    write_fields(out, page.stats);
    out.field("total", page.total).field("offset", page.offset).field("limit", page.limit);
    if (!page.subscriptions.empty()) {
        out.key("subscriptions_list").begin_array();
        for (const SubscriptionRow& row : page.subscriptions) write_json(out, row);
        out.end_array();
    }
    out.end_object();
}

}  // namespace midge
