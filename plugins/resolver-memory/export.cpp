#include "resolver-memory/memory_resolver.h"

extern "C" MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2() {
    return midge::resolver_memory_table();
}
