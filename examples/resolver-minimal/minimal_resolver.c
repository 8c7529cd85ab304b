/* A complete resolver plugin in C11. It knows one account, from two environment variables. */
#include <stdlib.h>
#include <string.h>

#include "midge_resolver.h"

typedef struct resolver {
    const midge_resolver_host* host;
    const char* account;
    const char* jwt;
} resolver;

static int create(const midge_resolver_host* host, const midge_resolver_start* start, void** self) {
    static const char missing[] = "MINIMAL_ACCOUNT and MINIMAL_JWT are not set";
    (void)start; /* the name of the instance, and the settings, of which there are none */
    resolver* it = malloc(sizeof *it);
    if (it == NULL) return MIDGE_FAILED;
    it->host = host;
    it->account = getenv("MINIMAL_ACCOUNT");
    it->jwt = getenv("MINIMAL_JWT");
    if (it->account == NULL || it->jwt == NULL) {
        host->log(host->self, MIDGE_LOG_ERROR, (midge_text){missing, sizeof missing - 1});
        free(it);
        return MIDGE_INVALID;
    }
    *self = it;
    return MIDGE_OK;
}

/* The table below says that a request asks for one account at a time. */
static void fetch(void* self, const midge_fetch* request) {
    resolver* it = self;
    const midge_text wanted = request->accounts[0].account;
    midge_answer answer = {.size = sizeof answer, .status = MIDGE_NOT_FOUND};
    if (wanted.size == strlen(it->account) && memcmp(wanted.data, it->account, wanted.size) == 0) {
        answer.status = MIDGE_OK;
        answer.value = (midge_text){it->jwt, strlen(it->jwt)};
    }
    it->host->complete(it->host->self, request->id, &answer);
}

static void stop(void* self) {
    (void)self; /* there is no thread to end */
}

static void destroy(void* self) {
    free(self);
}

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2(void) {
    static const midge_setting no_settings[1];
    static const midge_resolver table = {
        .size = sizeof(midge_resolver),
        .abi = MIDGE_RESOLVER_ABI,
        .name = {"resolver-minimal", 16},
        .version = {"1.0.0", 5},
        .create = create,
        .fetch = fetch,
        .stop = stop,
        .destroy = destroy,
        .settings = no_settings,
        .setting_count = 0,
        .fetch_max = 1,
    };
    return &table;
}
