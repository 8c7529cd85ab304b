/* A resolver plugin in plain C11 that uses all of the ABI: proves that it asks for nothing else.
 * Keeps a few JWTs in a table and answers within the call. */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "midge_resolver.h"

enum { accounts_max = 256, key_size = 56, cursor_size = 20 };

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
    bool announces; /* tells the host of its own changes, as if somebody else had made them */
    bool holds;     /* answers a fetch only when it is cancelled */
    int64_t cancelled;
    int64_t unchanged;
    int64_t batches; /* fetches of more than one account */
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

static void answer_at(instance* it, uint64_t request, uint32_t index, int status,
                      midge_text value) {
    const midge_answer answer = {
        .size = sizeof answer, .status = status, .index = index, .value = value};
    it->host->complete(it->host->self, request, &answer);
}

static void answer(instance* it, uint64_t request, int status, const char* value) {
    answer_at(it, request, 0, status, text_of(value));
}

/* The index of the account, or of the end. Needs the lock. */
static size_t find(const instance* it, midge_text account) {
    size_t at = 0;
    while (at < it->count && memcmp(it->entries[at].account, account.data, key_size) != 0) ++at;
    return at;
}

static bool has_version(const instance* it, midge_text jwt, midge_text version) {
    char own[MIDGE_VERSION_SIZE];
    if (version.size != MIDGE_VERSION_SIZE) return false;
    it->host->version_of(it->host->self, jwt, own);
    return memcmp(own, version.data, sizeof own) == 0;
}

static bool contains(midge_text text, const char* part) {
    const size_t size = strlen(part);
    for (size_t at = 0; at + size <= text.size; ++at) {
        if (memcmp(text.data + at, part, size) == 0) return true;
    }
    return false;
}

/* The host has checked the settings against the table at the end, so that a search will do. */
static int create(const midge_resolver_host* host, const midge_resolver_start* start, void** self) {
    char line[128];
    if (host->abi != MIDGE_RESOLVER_ABI || !MIDGE_HAS(host, version_of)) return MIDGE_INVALID;
    instance* it = calloc(1, sizeof *it);
    if (it == NULL) return MIDGE_FAILED;
    it->host = host;
    it->announces = contains(start->config_json, "\"announce\":true");
    it->holds = contains(start->config_json, "\"hold\":true");
    atomic_flag_clear(&it->lock);
    (void)snprintf(line, sizeof line, "this is instance %.*s", (int)start->instance.size,
                   start->instance.data);
    host->log(host->self, MIDGE_LOG_DEBUG, text_of(line));
    if (it->announces) host->changed(host->self, MIDGE_CHANGED_ALL, (midge_text){NULL, 0});
    *self = it;
    return MIDGE_OK;
}

static void fetch_one(instance* it, uint64_t request, uint32_t index, const midge_wanted* wanted) {
    midge_text jwt = {NULL, 0};
    char* copy = NULL;
    bool unchanged = false;
    lock(it);
    const size_t at = find(it, wanted->account);
    if (at < it->count) {
        jwt.size = it->entries[at].jwt_size;
        copy = malloc(jwt.size);
        if (copy != NULL) memcpy(copy, it->entries[at].jwt, jwt.size);
        jwt.data = copy;
        unchanged = copy != NULL && has_version(it, jwt, wanted->have);
        it->unchanged += unchanged ? 1 : 0;
    }
    unlock(it);
    if (jwt.size == 0) {
        answer_at(it, request, index, MIDGE_NOT_FOUND, text_of("not in the table"));
    } else if (copy == NULL) {
        answer_at(it, request, index, MIDGE_FAILED, text_of("out of memory"));
    } else if (unchanged) {
        answer_at(it, request, index, MIDGE_UNCHANGED, text_of(""));
    } else {
        answer_at(it, request, index, MIDGE_OK, jwt);
    }
    free(copy);
}

static void fetch(void* self, const midge_fetch* request) {
    instance* it = self;
    if (request->count > 1) {
        lock(it);
        ++it->batches;
        unlock(it);
    }
    if (it->holds) return;
    for (uint32_t i = 0; i < request->count; ++i)
        fetch_one(it, request->id, i, &request->accounts[i]);
}

/* Whether the condition of a store holds for entry `at`. Needs the lock. */
static bool allowed(const instance* it, const midge_store* request, size_t at) {
    if (request->condition == MIDGE_STORE_ALWAYS) return true;
    if (request->condition == MIDGE_STORE_IF_ABSENT) return at == it->count;
    return at < it->count &&
           has_version(it, (midge_text){it->entries[at].jwt, it->entries[at].jwt_size},
                       request->expected);
}

static void store(void* self, const midge_store* request) {
    instance* it = self;
    int status = MIDGE_OK;
    char* copy = malloc(request->jwt.size);
    if (copy == NULL) {
        answer(it, request->id, MIDGE_FAILED, "out of memory");
        return;
    }
    memcpy(copy, request->jwt.data, request->jwt.size);
    lock(it);
    const size_t at = find(it, request->account);
    if (at == accounts_max) {
        status = MIDGE_DENIED;
    } else if (!allowed(it, request, at)) {
        status = MIDGE_CONFLICT;
    } else {
        entry* target = &it->entries[at];
        if (at == it->count) ++it->count;
        memcpy(target->account, request->account.data, key_size);
        free(target->jwt);
        target->jwt = copy;
        target->jwt_size = request->jwt.size;
    }
    unlock(it);
    if (status != MIDGE_OK) free(copy);
    answer(it, request->id, status, status == MIDGE_DENIED ? "the table is full" : "");
    if (it->announces) it->host->changed(it->host->self, MIDGE_CHANGED_ACCOUNT, request->account);
}

/* The cursor is the index of the page's first entry: an erase meanwhile may hide an account. */
static void list(void* self, const midge_list* request) {
    instance* it = self;
    char lines[accounts_max * (key_size + 1)];
    char digits[cursor_size + 1] = "";
    size_t size = 0;
    if (request->cursor.size > cursor_size) {
        answer(it, request->id, MIDGE_INVALID, "no such cursor");
        return;
    }
    if (request->cursor.size != 0) memcpy(digits, request->cursor.data, request->cursor.size);
    lock(it);
    size_t at = (size_t)strtoul(digits, NULL, 10);
    for (uint32_t on_page = 0; at < it->count && on_page < request->limit && on_page < 10;
         ++at, ++on_page) {
        memcpy(lines + size, it->entries[at].account, key_size);
        size += key_size;
        lines[size++] = '\n';
    }
    const bool more = at < it->count;
    unlock(it);
    (void)snprintf(digits, sizeof digits, "%lu", (unsigned long)at);
    const midge_answer page = {.size = sizeof page,
                               .status = MIDGE_OK,
                               .value = {lines, size},
                               .cursor = text_of(more ? digits : "")};
    it->host->complete(it->host->self, request->id, &page);
}

static void erase(void* self, const midge_erase* request) {
    instance* it = self;
    lock(it);
    const size_t at = find(it, request->account);
    if (at < it->count) {
        free(it->entries[at].jwt);
        it->entries[at] = it->entries[--it->count];
        it->entries[it->count].jwt = NULL;
    }
    unlock(it);
    answer(it, request->id, MIDGE_OK, "");
    if (it->announces) it->host->changed(it->host->self, MIDGE_CHANGED_DELETED, request->account);
}

static void cancel(void* self, uint64_t request) {
    instance* it = self;
    const midge_answer late = {.size = sizeof late,
                               .status = MIDGE_UNAVAILABLE,
                               .index = MIDGE_EVERY_ACCOUNT,
                               .value = text_of("cancelled")};
    lock(it);
    ++it->cancelled;
    unlock(it);
    it->host->complete(it->host->self, request, &late);
}

static void report(void* self, const midge_report* to) {
    instance* it = self;
    lock(it);
    const int64_t count = (int64_t)it->count;
    const int64_t cancelled = it->cancelled;
    const int64_t unchanged = it->unchanged;
    const int64_t batches = it->batches;
    unlock(it);
    to->health(to->self, it->holds ? MIDGE_HEALTH_DEGRADED : MIDGE_HEALTH_OK,
               text_of(it->holds ? "fetches are held back" : "fine"));
    to->metric(to->self, text_of("accounts"), count);
    to->metric(to->self, text_of("cancelled"), cancelled);
    to->metric(to->self, text_of("unchanged"), unchanged);
    to->metric(to->self, text_of("batches"), batches);
}

static void stop(void* self) {
    (void)self;
}

static void destroy(void* self) {
    instance* it = self;
    for (size_t at = 0; at < it->count; ++at) free(it->entries[at].jwt);
    free(it);
}

static const midge_setting settings[] = {
    {.name = {"announce", 8},
     .type = MIDGE_SETTING_BOOLEAN,
     .default_value = {"false", 5},
     .help = {"tell the host of its own changes", 32}},
    {.name = {"hold", 4},
     .type = MIDGE_SETTING_BOOLEAN,
     .default_value = {"false", 5},
     .help = {"answer no fetch before it is cancelled", 38}},
};

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2(void) {
    static const midge_resolver table = {
        .size = sizeof(midge_resolver),
        .abi = MIDGE_RESOLVER_ABI,
        .name = {"c-resolver", 10},
        .version = {"1.0", 3},
        .create = create,
        .fetch = fetch,
        .stop = stop,
        .destroy = destroy,
        .store = store,
        .list = list,
        .erase = erase,
        .cancel = cancel,
        .report = report,
        .settings = settings,
        .setting_count = sizeof settings / sizeof settings[0],
        .fetch_max = 8,
        .features = MIDGE_RESOLVER_COMPARES,
    };
    return &table;
}
