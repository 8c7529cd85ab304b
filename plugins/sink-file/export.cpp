#include "sink-file/file_sink.h"

extern "C" MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2() {
    return midge::sink_file_table();
}
