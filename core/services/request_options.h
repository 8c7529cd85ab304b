#pragma once
// The options of monitoring requests to system services (docs/protocol/system-services.md,
// Monitoring requests).
#include <string_view>

#include "base/result.h"
#include "event/request_filter.h"
#include "monitor/page_request.h"

namespace midge {

struct MonitorRequest {
    RequestFilter filter;  // of the servers that answer
    PageRequest page;
};
// `name`: "VARZ", "CONNZ", ... Requires: is_page_name(). An empty payload stands for no options.
// The error tells what is wrong with the payload.
[[nodiscard]] Result<MonitorRequest> read_monitor_request(std::string_view name,
                                                          std::string_view payload);
// The names of the requests that ask for a page.
inline constexpr std::string_view page_names[] = {"VARZ",    "CONNZ",     "SUBSZ", "ACCOUNTZ",
                                                  "ROUTEZ",  "GATEWAYZ",  "LEAFZ", "JSZ",
                                                  "HEALTHZ", "IPQUEUESZ", "RAFTZ", "EXPVARZ"};

}  // namespace midge
