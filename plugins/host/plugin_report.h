#pragma once
#include "abi/midge_plugin.h"
#include "base/component_report.h"

namespace midge {

// Asks an instance for its health and metrics. Parts beyond the limits of host/limits.h are
// omitted. `report` is the function in its table, and may be null.
void ask_for_report(void (*report)(void*, const midge_report*), void* self, ComponentReport& out);

}  // namespace midge
