/* ABI of event sink plugins, version 2: sinks receive the server's system events. Plain C11.
 *
 * The C++ wrapper of this header is sink_plugin.hpp; docs/plugins.md is the reference. */
#ifndef MIDGE_SINK_H
#define MIDGE_SINK_H

#include "midge_plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of `abi` in both tables. Changes only together with the export's name. */
#define MIDGE_SINK_ABI 2u
/* The one function that a sink plugin exports (see midge_sink_entry). */
#define MIDGE_SINK_EXPORT "midge_sink_v2"

/* One event. This structure never grows. */
typedef struct midge_event {
    midge_text subject; /* as in the system account: "$SYS.ACCOUNT.<key>.CONNECT" */
    midge_text json;    /* one object, compact */
    /* Counts the events of this server from 1, also those that no filter of this sink matches:
     * a sequence that is missing is no loss. */
    uint64_t sequence;
} midge_event;

typedef struct midge_batch {
    uint32_t size;
    uint32_t count; /* of events; 0 only if `lost` is not 0 */
    const midge_event* events;
    /* Events for this sink that the host dropped immediately before the first event of the batch,
     * because the sink did not take them in time; their sequences are in lost_first..lost_last. */
    uint64_t lost;
    uint64_t lost_first;
    uint64_t lost_last;
} midge_batch;

/* The host's functions, an argument of create(). The table and `self` stay valid for as long as the
 * process lives; after stop() returned, calls into it are ignored. Every function may be called
 * from any thread, also from within a call of the host and under locks of the plugin: none of them
 * calls back into the plugin, waits for disk or network, or throws. */
typedef struct midge_sink_host {
    uint32_t size; /* bytes of this table as the host knows it; fields past it do not exist */
    uint32_t abi;  /* MIDGE_SINK_ABI */
    void* self;    /* first argument of the functions below */

    /* Writes one line to the host's log, with a `level` of midge_log_level. The host adds the
     * instance's name. */
    void (*log)(void* self, int level, midge_text line);

    /* Only within create(): the sink wants events whose subject matches `pattern`, a subject in
     * which "*" stands for one token and ">" for all that follow. Without a filter it gets every
     * event. At most 64 filters of at most 256 bytes. MIDGE_OK, or MIDGE_INVALID with a line in the
     * log. */
    int (*filter)(void* self, midge_text pattern);

    /* After publish() took less than all: the sink takes events again. */
    void (*ready)(void* self);

    /* The sink has stored or delivered all events up to and including `sequence`, and does not need
     * them again. A smaller number than before is ignored. */
    void (*acknowledge)(void* self, uint64_t sequence);
} midge_sink_host;

/* The other argument of create(). */
typedef struct midge_sink_start {
    uint32_t size;
    uint32_t reserved;
    midge_text instance;    /* the name of this instance in the configuration, unique in the host */
    midge_text config_json; /* the settings, a JSON object ("{}" when there are none) */
    midge_text server_id;   /* of this server; other servers have their own sequences */
    uint64_t epoch;         /* differs for each start of the server; sequences begin at 1 */
    /* The last sequence that an instance of this name acknowledged in this process; 0: none. The
     * host does not publish an event again to a later instance. */
    uint64_t acknowledged;
} midge_sink_start;

/* The plugin. The table is constant and lives as long as the library. Each create() makes an
 * instance of its own (a reload of the host's configuration makes a new one before it stops the old
 * one). */
typedef struct midge_sink {
    uint32_t size;      /* sizeof(midge_sink) of the header that the plugin was built with */
    uint32_t abi;       /* MIDGE_SINK_ABI */
    midge_text name;    /* "sink-file"; 1 to 64 bytes */
    midge_text version; /* for logs: "1.2.0"; at most 64 bytes */

    /* Required from here to destroy(). */

    /* Makes an instance. MIDGE_OK and *self on success; otherwise the reason goes to host->log and
     * the status is returned, and no other function is called. */
    int (*create)(const midge_sink_host* host, const midge_sink_start* start, void** self);

    /* Takes events in order. Sets *taken, which is 0 before the call, to the number of events that
     * it took, counted from the first. With MIDGE_OK or MIDGE_UNAVAILABLE, the host keeps the rest
     * and calls again after ready(), or after a second at the earliest. With another status, the
     * rest is lost. `lost` is noted as soon as the call returns. Must not wait. Never called by two
     * threads at a time, nor during flush() or reopen(). */
    int (*publish)(void* self, const midge_batch* batch, uint32_t* taken);
    /* Writes the queued events and joins the instance's threads. No call into the host is allowed
     * after this has returned. Called once, never during another call. */
    void (*stop)(void* self);
    /* Frees the instance; called once, after stop(). */
    void (*destroy)(void* self);

    /* Optional from here on: NULL, 0, or past the end of a smaller table. */

    /* Waits at most `timeout_ms` until all events taken before have left the process. Returns
     * MIDGE_OK when they have, otherwise MIDGE_UNAVAILABLE. NULL: there is nothing to wait for. */
    int (*flush)(void* self, uint32_t timeout_ms);
    /* Reopens the instance's files, because a log rotation may have moved them. Must not wait.
     * NULL: it has no files. */
    void (*reopen)(void* self);
    /* Reports the state of the instance. Called from any thread, one at a time; must not wait. */
    void (*report)(void* self, const midge_report* to);

    const midge_setting* settings; /* NULL with setting_count 0: the host checks no setting */
    uint32_t setting_count;        /* at most 64 */
    uint32_t reserved;
} midge_sink;

/* Type of the exported function. Called once per load; must not return NULL.
 *     MIDGE_PLUGIN_EXPORT const midge_sink* midge_sink_v2(void); */
typedef const midge_sink* (*midge_sink_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
