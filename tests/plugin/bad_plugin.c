/* Libraries that a host must refuse; built once for each BAD_... macro. */
#include "midge_resolver.h"
#include "midge_sink.h"

#if defined(BAD_NO_SYMBOL)

MIDGE_PLUGIN_EXPORT int something_else(void);
MIDGE_PLUGIN_EXPORT int something_else(void) {
    return 1;
}

#else

static int create(const midge_resolver_host* host, midge_text config_json, void** self) {
    static const char reason[] = "the moon is in the wrong quarter";
    (void)config_json;
    (void)self;
    host->log(host->self, MIDGE_LOG_ERROR, (midge_text){reason, sizeof reason - 1});
    return MIDGE_FAILED;
}
static void fetch(void* self, uint64_t request, midge_text account) {
    (void)self;
    (void)request;
    (void)account;
}
static void end(void* self) {
    (void)self;
}

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v1(void) {
    static const midge_resolver table = {
#if defined(BAD_SIZE)
        .size = 40,
#else
        .size = sizeof(midge_resolver),
#endif
#if defined(BAD_ABI)
        .abi = 7,
#else
        .abi = MIDGE_RESOLVER_ABI,
#endif
#if !defined(BAD_NAME)
        .name = {"bad", 3},
#endif
        .version = {"0", 1},
#if defined(BAD_FUNCTION)
        .fetch = NULL,
#else
        .fetch = fetch,
#endif
        .create = create,
        .stop = end,
        .destroy = end,
    };
    (void)fetch;
#if defined(BAD_TABLE)
    (void)table;
    return NULL;
#else
    return &table;
#endif
}

#endif
