#pragma once
// The pages of parts that a server does not have, as nats-server shows them when they are off
// (docs/protocol/monitoring.md, Absent parts).
#include <string_view>

#include "base/clock.h"
#include "base/json_writer.h"

namespace midge {

void write_leafz(JsonWriter& out, std::string_view server_id, WallNanos now);
void write_routez(JsonWriter& out, std::string_view server_id, std::string_view server_name,
                  WallNanos now);
void write_gatewayz(JsonWriter& out, std::string_view server_id, WallNanos now);
void write_jsz(JsonWriter& out, std::string_view server_id, WallNanos now);

}  // namespace midge
