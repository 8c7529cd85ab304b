#include "host/plugin_report.h"

#include <algorithm>

#include "host/host_tables.h"
#include "host/limits.h"

namespace midge {
namespace {

Health health_of(int state) {
    switch (state) {
        case MIDGE_HEALTH_OK:
            return Health::ok;
        case MIDGE_HEALTH_DEGRADED:
            return Health::degraded;
        default:
            return Health::down;
    }
}

bool is_metric_name(std::string_view name) {
    return !name.empty() && name.size() <= plugin_name_bytes_max &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
}

void take_health(void* self, int state, midge_text line) {
    auto& out = *static_cast<ComponentReport*>(self);
    out.health = health_of(state);
    out.text = plugin_line(line);
}

void take_metric(void* self, midge_text name, int64_t value) {
    auto& out = *static_cast<ComponentReport*>(self);
    if (out.metrics.size() >= report_metrics_max || !is_metric_name(to_view(name))) return;
    out.metrics.emplace_back(to_view(name), value);
}

}  // namespace

void ask_for_report(void (*report)(void*, const midge_report*), void* self, ComponentReport& out) {
    if (report == nullptr) return;
    const midge_report to = {sizeof(midge_report), 0, &out, &take_health, &take_metric};
    report(self, &to);
}

}  // namespace midge
