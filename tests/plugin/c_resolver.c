/* A resolver plugin in plain C11: proves that the ABI asks for nothing else. Keeps a few JWTs in a
 * table and answers within the call. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "midge_resolver.h"

enum { accounts_max = 256, key_size = 56 };

typedef struct entry {
    char account[key_size];
    char* jwt;
    size_t jwt_size;
} entry;

typedef struct instance {
    const midge_resolver_host* host;
    atomic_flag lock; /* not <threads.h>, which Windows compilers lack */
    entry entries[accounts_max];
    size_t count;
} instance;

static void lock(instance* it) {
    while (atomic_flag_test_and_set(&it->lock)) {
    }
}

static void unlock(instance* it) {
    atomic_flag_clear(&it->lock);
}

static midge_text text_of(const char* zero_terminated) {
    return (midge_text){zero_terminated, strlen(zero_terminated)};
}

static void answer(instance* it, uint64_t request, int status, const char* value) {
    it->host->complete(it->host->self, request, status, text_of(value));
}

/* The index of the account, or of the end. Needs the lock. */
static size_t find(const instance* it, midge_text account) {
    size_t at = 0;
    while (at < it->count && memcmp(it->entries[at].account, account.data, key_size) != 0) ++at;
    return at;
}

static int create(const midge_resolver_host* host, midge_text config_json, void** self) {
    /* Takes no settings: only an object without members will do. */
    if (config_json.size != 2 || memcmp(config_json.data, "{}", 2) != 0) {
        char line[128];
        const int shown = config_json.size < 64 ? (int)config_json.size : 64;
        (void)snprintf(line, sizeof line, "there are no settings, expected {}, got %.*s", shown,
                       config_json.data);
        host->log(host->self, MIDGE_LOG_ERROR, text_of(line));
        return MIDGE_INVALID;
    }
    instance* it = calloc(1, sizeof *it);
    if (it == NULL) return MIDGE_FAILED;
    it->host = host;
    atomic_flag_clear(&it->lock);
    *self = it;
    return MIDGE_OK;
}

static void fetch(void* self, uint64_t request, midge_text account) {
    instance* it = self;
    midge_text jwt = {NULL, 0};
    char* copy = NULL;
    lock(it);
    const size_t at = find(it, account);
    if (at < it->count) {
        jwt.size = it->entries[at].jwt_size;
        copy = malloc(jwt.size);
        if (copy != NULL) memcpy(copy, it->entries[at].jwt, jwt.size);
        jwt.data = copy;
    }
    unlock(it);
    if (jwt.size == 0) {
        answer(it, request, MIDGE_NOT_FOUND, "not in the table");
    } else if (copy == NULL) {
        answer(it, request, MIDGE_FAILED, "out of memory");
    } else {
        it->host->complete(it->host->self, request, MIDGE_OK, jwt);
    }
    free(copy);
}

static void store(void* self, uint64_t request, midge_text account, midge_text jwt) {
    instance* it = self;
    char* copy = malloc(jwt.size);
    bool full = false;
    if (copy == NULL) {
        answer(it, request, MIDGE_FAILED, "out of memory");
        return;
    }
    memcpy(copy, jwt.data, jwt.size);
    lock(it);
    const size_t at = find(it, account);
    full = at == accounts_max;
    if (!full) {
        entry* target = &it->entries[at];
        if (at == it->count) ++it->count;
        memcpy(target->account, account.data, key_size);
        free(target->jwt);
        target->jwt = copy;
        target->jwt_size = jwt.size;
    }
    unlock(it);
    if (full) free(copy);
    answer(it, request, full ? MIDGE_DENIED : MIDGE_OK, full ? "the table is full" : "");
}

static void list(void* self, uint64_t request) {
    instance* it = self;
    char lines[accounts_max * (key_size + 1)];
    size_t size = 0;
    lock(it);
    for (size_t at = 0; at < it->count; ++at) {
        memcpy(lines + size, it->entries[at].account, key_size);
        size += key_size;
        lines[size++] = '\n';
    }
    unlock(it);
    it->host->complete(it->host->self, request, MIDGE_OK, (midge_text){lines, size});
}

static void erase(void* self, uint64_t request, midge_text account) {
    instance* it = self;
    lock(it);
    const size_t at = find(it, account);
    if (at < it->count) {
        free(it->entries[at].jwt);
        it->entries[at] = it->entries[--it->count];
        it->entries[it->count].jwt = NULL;
    }
    unlock(it);
    answer(it, request, MIDGE_OK, "");
}

static void stop(void* self) {
    (void)self;
}

static void destroy(void* self) {
    instance* it = self;
    for (size_t at = 0; at < it->count; ++at) free(it->entries[at].jwt);
    free(it);
}

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v1(void) {
    static const midge_resolver table = {
        .size = sizeof(midge_resolver),
        .abi = MIDGE_RESOLVER_ABI,
        .name = {"c-resolver", 10},
        .version = {"1.0", 3},
        .create = create,
        .fetch = fetch,
        .store = store,
        .list = list,
        .erase = erase,
        .stop = stop,
        .destroy = destroy,
    };
    return &table;
}
