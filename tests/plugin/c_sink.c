/* An event sink plugin in plain C11 that uses all of the ABI. Appends a line for each event, and
 * for everything that it hears, to the file of its setting "path"; its other settings make it slow.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "midge_sink.h"

enum { path_max = 1024 };

typedef struct instance {
    const midge_sink_host* host;
    FILE* file;
    char path[path_max];
    uint32_t at_a_time; /* events that it takes in a call; 0: all */
    bool refuses;       /* with an error */
    int64_t written;
    int64_t lost;
} instance;

static midge_text text_of(const char* zero_terminated) {
    return (midge_text){zero_terminated, strlen(zero_terminated)};
}

static const char* after(midge_text json, const char* key) {
    const size_t size = strlen(key);
    for (size_t at = 0; at + size <= json.size; ++at) {
        if (memcmp(json.data + at, key, size) == 0) return json.data + at + size;
    }
    return NULL;
}

static int fail_create(const midge_sink_host* host, instance* it, const char* why) {
    host->log(host->self, MIDGE_LOG_ERROR, text_of(why));
    free(it);
    return MIDGE_INVALID;
}

static int create(const midge_sink_host* host, const midge_sink_start* start, void** self) {
    if (host->abi != MIDGE_SINK_ABI || !MIDGE_HAS(host, acknowledge)) return MIDGE_INVALID;
    instance* it = calloc(1, sizeof *it);
    if (it == NULL) return MIDGE_FAILED;
    it->host = host;
    const midge_text json = start->config_json;
    const char* path = after(json, "\"path\":\"");
    const char* at_a_time = after(json, "\"at_a_time\":");
    if (path != NULL) {
        size_t size = 0;
        while (path[size] != '"' && size + 1 < path_max) ++size;
        memcpy(it->path, path, size);
    }
    if (at_a_time != NULL) it->at_a_time = (uint32_t)strtoul(at_a_time, NULL, 10);
    it->refuses = after(json, "\"refuse\":true") != NULL;
    if (after(json, "\"filtered\":true") != NULL &&
        (host->filter(host->self, text_of("$SYS.ACCOUNT.*.CONNECT")) != MIDGE_OK ||
         host->filter(host->self, text_of("$SYS.SERVER.>")) != MIDGE_OK)) {
        return fail_create(host, it, "the host refused a filter");
    }
    it->file = fopen(it->path, "a");
    if (it->file == NULL) return fail_create(host, it, "the file cannot be opened");
    (void)fprintf(it->file, "create %.*s server %.*s epoch %llu acknowledged %llu\n",
                  (int)start->instance.size, start->instance.data, (int)start->server_id.size,
                  start->server_id.data, (unsigned long long)start->epoch,
                  (unsigned long long)start->acknowledged);
    *self = it;
    return MIDGE_OK;
}

static int publish(void* self, const midge_batch* batch, uint32_t* taken) {
    instance* it = self;
    if (batch->lost != 0) {
        it->lost += (int64_t)batch->lost;
        (void)fprintf(it->file, "lost %llu\n", (unsigned long long)batch->lost);
    }
    if (it->refuses) return MIDGE_FAILED;
    uint32_t count = batch->count;
    if (it->at_a_time != 0 && count > it->at_a_time) count = it->at_a_time;
    for (uint32_t i = 0; i < count; ++i) {
        const midge_event* event = &batch->events[i];
        (void)fprintf(it->file, "%llu %.*s %.*s\n", (unsigned long long)event->sequence,
                      (int)event->subject.size, event->subject.data, (int)event->json.size,
                      event->json.data);
    }
    it->written += count;
    *taken = count;
    if (count != 0) it->host->acknowledge(it->host->self, batch->events[count - 1].sequence);
    /* Allowed within the call: the host comes back when the call has returned. */
    if (count < batch->count) it->host->ready(it->host->self);
    return count < batch->count ? MIDGE_UNAVAILABLE : MIDGE_OK;
}

static int flush(void* self, uint32_t timeout_ms) {
    instance* it = self;
    (void)timeout_ms;
    return fflush(it->file) == 0 ? MIDGE_OK : MIDGE_UNAVAILABLE;
}

static void reopen(void* self) {
    instance* it = self;
    FILE* file = fopen(it->path, "a");
    if (file == NULL) return;
    (void)fclose(it->file);
    it->file = file;
    (void)fprintf(it->file, "reopened\n");
}

static void report(void* self, const midge_report* to) {
    instance* it = self;
    if (it->lost != 0) to->health(to->self, MIDGE_HEALTH_DEGRADED, text_of("events are lost"));
    to->metric(to->self, text_of("written"), it->written);
}

static void stop(void* self) {
    instance* it = self;
    (void)fprintf(it->file, "stop\n");
    (void)fclose(it->file);
}

static void destroy(void* self) {
    free(self);
}

static const midge_setting settings[] = {
    {.name = {"path", 4},
     .type = MIDGE_SETTING_STRING,
     .flags = MIDGE_SETTING_REQUIRED,
     .help = {"the file", 8}},
    {.name = {"at_a_time", 9}, .type = MIDGE_SETTING_INTEGER, .help = {"events in a call", 16}},
    {.name = {"refuse", 6}, .type = MIDGE_SETTING_BOOLEAN, .help = {"take no events", 14}},
    {.name = {"filtered", 8}, .type = MIDGE_SETTING_BOOLEAN, .help = {"not all subjects", 16}},
};

MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2(void) {
    static const midge_sink table = {
        .size = sizeof(midge_sink),
        .abi = MIDGE_SINK_ABI,
        .name = {"c-sink", 6},
        .version = {"1.0", 3},
        .create = create,
        .publish = publish,
        .stop = stop,
        .destroy = destroy,
        .flush = flush,
        .reopen = reopen,
        .report = report,
        .settings = settings,
        .setting_count = sizeof settings / sizeof settings[0],
    };
    return &table;
}
