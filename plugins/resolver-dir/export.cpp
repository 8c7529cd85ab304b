#include "resolver-dir/dir_resolver.h"

extern "C" MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2() {
    return midge::resolver_dir_table();
}
