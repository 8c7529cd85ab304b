/* Libraries that a host must refuse, as resolvers and as sinks; built once for each BAD_... macro.
 */
#include "midge_resolver.h"
#include "midge_sink.h"

#if defined(BAD_NO_SYMBOL)

/* As a plugin of the first ABI has it. */
MIDGE_PLUGIN_EXPORT int midge_resolver_v1(void);
MIDGE_PLUGIN_EXPORT int midge_resolver_v1(void) {
    return 1;
}

#else

static int create(const midge_resolver_host* host, const midge_resolver_start* start, void** self) {
    static const char reason[] = "the moon is in the wrong quarter";
    (void)start;
    (void)self;
    host->log(host->self, MIDGE_LOG_ERROR, (midge_text){reason, sizeof reason - 1});
    return MIDGE_FAILED;
}
static void fetch(void* self, const midge_fetch* request) {
    (void)self;
    (void)request;
}
static int create_sink(const midge_sink_host* host, const midge_sink_start* start, void** self) {
    (void)host;
    (void)start;
    (void)self;
    return MIDGE_FAILED;
}
static int publish(void* self, const midge_batch* batch, uint32_t* taken) {
    (void)self;
    *taken = batch->count;
    return MIDGE_OK;
}
static void end(void* self) {
    (void)self;
}

static const midge_setting nameless = {.type = MIDGE_SETTING_STRING};

#if defined(BAD_SIZE)
#define TABLE_SIZE(type) 40
#else
#define TABLE_SIZE(type) sizeof(type)
#endif
#if defined(BAD_ABI)
#define TABLE_ABI(number) 7
#else
#define TABLE_ABI(number) (number)
#endif
#if defined(BAD_NAME)
#define TABLE_NAME \
    { "", 0 }
#else
#define TABLE_NAME \
    { "bad", 3 }
#endif
#if defined(BAD_FUNCTION)
#define TABLE_FUNCTION(function) NULL
#else
#define TABLE_FUNCTION(function) (function)
#endif
#if defined(BAD_SETTINGS)
#define TABLE_SETTINGS &nameless
#define TABLE_SETTING_COUNT 1
#elif defined(BAD_SETTING_COUNT)
#define TABLE_SETTINGS &nameless
#define TABLE_SETTING_COUNT 1000000
#elif defined(BAD_SETTING_TABLE)
#define TABLE_SETTINGS NULL
#define TABLE_SETTING_COUNT 3
#else
#define TABLE_SETTINGS NULL
#define TABLE_SETTING_COUNT 0
#endif
#if defined(BAD_TABLE)
#define RESULT(table) ((void)(table), NULL)
#else
#define RESULT(table) (table)
#endif

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2(void) {
    static const midge_resolver table = {
        .size = TABLE_SIZE(midge_resolver),
        .abi = TABLE_ABI(MIDGE_RESOLVER_ABI),
        .name = TABLE_NAME,
        .version = {"0", 1},
        .create = create,
        .fetch = TABLE_FUNCTION(fetch),
        .stop = end,
        .destroy = end,
        .settings = TABLE_SETTINGS,
        .setting_count = TABLE_SETTING_COUNT,
    };
    (void)fetch;
    (void)nameless;
    return RESULT(&table);
}

MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2(void) {
    static const midge_sink table = {
        .size = TABLE_SIZE(midge_sink),
        .abi = TABLE_ABI(MIDGE_SINK_ABI),
        .name = TABLE_NAME,
        .version = {"0", 1},
        .create = create_sink,
        .publish = TABLE_FUNCTION(publish),
        .stop = end,
        .destroy = end,
        .settings = TABLE_SETTINGS,
        .setting_count = TABLE_SETTING_COUNT,
    };
    (void)publish;
    return RESULT(&table);
}

#endif
