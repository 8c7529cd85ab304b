/* ABI of event sink plugins, version 1: where the server's system events go. Plain C11.
 *
 * The C++ wrapper of this header is sink_plugin.hpp. */
#ifndef MIDGE_SINK_H
#define MIDGE_SINK_H

#include "midge_plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of `abi` in both tables. Changes only together with the export's name. */
#define MIDGE_SINK_ABI 1u
/* The one function that a sink plugin exports (see midge_sink_entry). */
#define MIDGE_SINK_EXPORT "midge_sink_v1"

/* What the host gives to create(). The table and `self` stay valid for as long as the process
 * lives; after stop() returned, calls into it are ignored. */
typedef struct midge_sink_host {
    uint32_t size; /* bytes of this table as the host knows it; fields past it do not exist */
    uint32_t abi;  /* MIDGE_SINK_ABI */
    void* self;    /* first argument of the function below */

    /* One line for the host's log, `level` of midge_log_level; the host puts the plugin's name in
     * front. From any thread; does not wait and does not throw. */
    void (*log)(void* self, int level, midge_text line);
} midge_sink_host;

/* The plugin. The table is constant and lives as long as the library. Each create() makes an
 * instance of its own. */
typedef struct midge_sink {
    uint32_t size;      /* sizeof(midge_sink) of the header that the plugin was built with */
    uint32_t abi;       /* MIDGE_SINK_ABI */
    midge_text name;    /* for logs: "sink-file"; not empty; valid as long as the library */
    midge_text version; /* for logs: "1.2.0"; valid as long as the library */

    /* Makes an instance from its settings, a JSON object ("{}" when there are none). MIDGE_OK and
     * *self on success; otherwise the reason goes to host->log and the status is returned, and no
     * other function is called. Unknown settings should be refused by name. */
    int (*create)(const midge_sink_host* host, midge_text config_json, void** self);

    /* Takes one event: `subject` as in the system account, `json` one object in one line,
     * `sequence` counts the events of this server from 1 without gaps, so a gap shows what was
     * lost. One call at a time, on one thread. Must not wait: a slow sink queues within a bound of
     * its own, and counts what it drops. Required. */
    void (*publish)(void* self, midge_text subject, midge_text json, uint64_t sequence);

    /* Waits at most `timeout_ms` until what was published before has left the process. MIDGE_OK
     * when it has, otherwise MIDGE_UNAVAILABLE. Same thread as publish. NULL: nothing to wait for.
     */
    int (*flush)(void* self, uint32_t timeout_ms);

    /* Writes out what is queued and joins the instance's threads. No call into the host after this
     * returned. Called once, never during a publish or flush. Required. */
    void (*stop)(void* self);
    /* Frees the instance; called once, after stop(). Required. */
    void (*destroy)(void* self);
} midge_sink;

/* Type of the exported function. Called once per load; must not return NULL.
 *     MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v1(void); */
typedef const midge_sink* (*midge_sink_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
