/* A resolver and a sink as other headers of the same ABI version make them, built twice: with
 * OLDER, their tables end after the required part; with NEWER, every structure that they write or
 * read has got a field more, which this host does not know. */
#include <stdlib.h>
#include <string.h>

#include "midge_resolver.h"
#include "midge_sink.h"

/* The structures of the newer header. */
typedef struct newer_resolver_host {
    midge_resolver_host known;
    void (*greet)(void* self, midge_text line);
} newer_resolver_host;
typedef struct newer_sink_host {
    midge_sink_host known;
    void (*greet)(void* self, midge_text line);
} newer_sink_host;
typedef struct newer_answer {
    midge_answer known;
    uint64_t colour;
} newer_answer;

static const char jwt[] = "e30.e30.e30";

#if defined(NEWER)
static midge_text text_of(const char* zero_terminated) {
    return (midge_text){zero_terminated, strlen(zero_terminated)};
}

static const uint32_t answer_size = sizeof(newer_answer);
#else
static const uint32_t answer_size = sizeof(midge_answer);
#endif

static int create(const midge_resolver_host* host, const midge_resolver_start* start, void** self) {
    (void)start;
#if defined(NEWER)
    const newer_resolver_host* newer = (const newer_resolver_host*)host;
    if (host->size >= sizeof(newer_resolver_host)) {
        newer->greet(host->self, text_of("hello, new host"));
    } else {
        host->log(host->self, MIDGE_LOG_INFO, text_of("an older host, going on without"));
    }
#endif
    *self = (void*)(uintptr_t)host;
    return MIDGE_OK;
}

static void fetch(void* self, const midge_fetch* request) {
    const midge_resolver_host* host = self;
    for (uint32_t i = 0; i < request->count; ++i) {
        const newer_answer answer = {.known = {.size = answer_size,
                                               .status = MIDGE_OK,
                                               .index = i,
                                               .value = {jwt, sizeof jwt - 1}},
                                     .colour = 7};
        host->complete(host->self, request->id, &answer.known);
    }
}

static int create_sink(const midge_sink_host* host, const midge_sink_start* start, void** self) {
    (void)start;
#if defined(NEWER)
    const newer_sink_host* newer = (const newer_sink_host*)host;
    if (host->size >= sizeof(newer_sink_host)) {
        newer->greet(host->self, text_of("hello, new host"));
    } else {
        host->log(host->self, MIDGE_LOG_INFO, text_of("an older host, going on without"));
    }
#endif
    *self = (void*)(uintptr_t)host;
    return MIDGE_OK;
}

static int publish(void* self, const midge_batch* batch, uint32_t* taken) {
    const midge_sink_host* host = self;
    for (uint32_t i = 0; i < batch->count; ++i)
        host->log(host->self, MIDGE_LOG_INFO, batch->events[i].subject);
    *taken = batch->count;
    return MIDGE_OK;
}

static void end(void* self) {
    (void)self;
}

#if defined(OLDER)

/* Exactly the required part, in memory that ends there, so that a sanitizer sees a read past it. */
static void* first_bytes_of(const void* table, size_t size) {
    void* copy = malloc(size);
    if (copy != NULL) memcpy(copy, table, size);
    return copy;
}

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2(void) {
    const midge_resolver table = {
        .size = offsetof(midge_resolver, store),
        .abi = MIDGE_RESOLVER_ABI,
        .name = {"older", 5},
        .version = {"0.9", 3},
        .create = create,
        .fetch = fetch,
        .stop = end,
        .destroy = end,
    };
    static void* kept;
    if (kept == NULL) kept = first_bytes_of(&table, table.size);
    return kept;
}

MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2(void) {
    const midge_sink table = {
        .size = offsetof(midge_sink, flush),
        .abi = MIDGE_SINK_ABI,
        .name = {"older", 5},
        .version = {"0.9", 3},
        .create = create_sink,
        .publish = publish,
        .stop = end,
        .destroy = end,
    };
    static void* kept;
    if (kept == NULL) kept = first_bytes_of(&table, table.size);
    return kept;
}

#else

MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2(void) {
    static const struct {
        midge_resolver known;
        void (*unknown)(void* self);
    } table = {.known = {.size = sizeof table,
                         .abi = MIDGE_RESOLVER_ABI,
                         .name = {"newer", 5},
                         .version = {"9.0", 3},
                         .create = create,
                         .fetch = fetch,
                         .stop = end,
                         .destroy = end,
                         .features = 0xfff0u},
               .unknown = end};
    return &table.known;
}

MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2(void) {
    static const struct {
        midge_sink known;
        void (*unknown)(void* self);
    } table = {.known = {.size = sizeof table,
                         .abi = MIDGE_SINK_ABI,
                         .name = {"newer", 5},
                         .version = {"9.0", 3},
                         .create = create_sink,
                         .publish = publish,
                         .stop = end,
                         .destroy = end},
               .unknown = end};
    return &table.known;
}

#endif
