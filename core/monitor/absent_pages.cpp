#include "monitor/absent_pages.h"

#include "monitor/page_text.h"

namespace midge {

void write_leafz(JsonWriter& out, std::string_view server_id, WallNanos now) {
    begin_page(out, server_id, now);
    out.field("leafnodes", 0).key("leafs").begin_array().end_array().end_object();
}

void write_routez(JsonWriter& out, std::string_view server_id, std::string_view server_name,
                  WallNanos now) {
    out.begin_object().field("server_id", server_id).field("server_name", server_name);
    out.field("now", rfc3339_nano(now)).field("num_routes", 0);
    out.key("routes").begin_array().end_array().end_object();
}

void write_gatewayz(JsonWriter& out, std::string_view server_id, WallNanos now) {
    begin_page(out, server_id, now);
    out.key("outbound_gateways").begin_object().end_object();
    out.key("inbound_gateways").begin_object().end_object().end_object();
}

void write_jsz(JsonWriter& out, std::string_view server_id, WallNanos now) {
    out.begin_object();
    for (const char* none :
         {"memory", "storage", "reserved_memory", "reserved_storage", "accounts", "ha_assets"})
        out.field(none, 0);
    out.key("api").begin_object().field("level", 0).field("total", 0).field("errors", 0);
    out.end_object().field("server_id", server_id).field("now", rfc3339_nano(now));
    out.field("disabled", true).key("config").begin_object();
    out.field("max_memory", 0).field("max_storage", 0).end_object();
    for (const char* none : {"streams", "consumers", "messages", "bytes", "total"})
        out.field(none, 0);
    out.end_object();
}

}  // namespace midge
