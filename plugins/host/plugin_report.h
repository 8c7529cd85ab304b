#pragma once
#include "abi/midge_plugin.h"
#include "base/component_report.h"

namespace midge {

// Has an instance fill in its health and metrics, within the limits of host/limits.h; the rest is
// left out. `report` is the function of its table, and may be null.
void ask_for_report(void (*report)(void*, const midge_report*), void* self, ComponentReport& out);

}  // namespace midge
