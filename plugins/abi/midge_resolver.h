/* ABI of resolver plugins, version 1: storage of account JWTs and nothing else. Plain C11.
 *
 * The plugin never sees a session, a subject or a server. Checking signatures, newer-wins, expiry
 * and the order in which several resolvers are asked are the host's. The C++ wrapper of this header
 * is resolver_plugin.hpp. */
#ifndef MIDGE_RESOLVER_H
#define MIDGE_RESOLVER_H

#include "midge_plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of `abi` in both tables. Changes only together with the export's name. */
#define MIDGE_RESOLVER_ABI 1u
/* The one function that a resolver plugin exports (see midge_resolver_entry). */
#define MIDGE_RESOLVER_EXPORT "midge_resolver_v1"

/* What the host gives to create(). The table and `self` stay valid for as long as the process
 * lives; after stop() returned, calls into it are ignored. Every function may be called from any
 * thread, also from within a call of the host; none of them waits for disk or network, none throws.
 */
typedef struct midge_resolver_host {
    uint32_t size; /* bytes of this table as the host knows it; fields past it do not exist */
    uint32_t abi;  /* MIDGE_RESOLVER_ABI */
    void* self;    /* first argument of the functions below */

    /* One line for the host's log, `level` of midge_log_level; the host puts the plugin's name in
     * front. */
    void (*log)(void* self, int level, midge_text line);

    /* The answer to a request, exactly once per request number, within the call that started the
     * request or later. `status` of midge_status. With MIDGE_OK, `value` is the JWT (fetch), the
     * account keys with a newline after each (list), or empty (store, erase); otherwise it says in
     * one line where and what. The host keeps a deadline: an answer that is late, double or to an
     * unknown number is ignored and logged. JWTs over 1 MiB are refused. */
    void (*complete)(void* self, uint64_t request, int status, midge_text value);

    /* What is stored for `account` changed without a store or erase of this host, so the host may
     * fetch it again. */
    void (*changed)(void* self, midge_text account);
} midge_resolver_host;

/* The plugin. The table is constant and lives as long as the library. create() may be called
 * several times: each call makes an instance of its own (a reload of the host's configuration makes
 * a new one before it stops the old one). */
typedef struct midge_resolver {
    uint32_t size;      /* sizeof(midge_resolver) of the header that the plugin was built with */
    uint32_t abi;       /* MIDGE_RESOLVER_ABI */
    midge_text name;    /* for logs: "resolver-url"; not empty; valid as long as the library */
    midge_text version; /* for logs: "1.2.0"; valid as long as the library */

    /* Makes an instance from its settings, a JSON object ("{}" when there are none). MIDGE_OK and
     * *self on success; otherwise the reason goes to host->log and the status is returned, and no
     * other function is called. Called on a thread of the host's choice; should not wait for the
     * network. Unknown settings should be refused by name. */
    int (*create)(const midge_resolver_host* host, midge_text config_json, void** self);

    /* The four requests. Called from any thread, several at a time; never after stop() began. They
     * must return without waiting: what takes long belongs to a thread of the plugin. `account` is
     * a well-formed public account key
     * ("A" and 55 more of A-Z and 2-7): the host has checked that. */

    /* Completes with the JWT, or with MIDGE_NOT_FOUND. Required. */
    void (*fetch)(void* self, uint64_t request, midge_text account);
    /* Replaces what is stored. `jwt` is not empty and at most 1 MiB. NULL: read-only. */
    void (*store)(void* self, uint64_t request, midge_text account, midge_text jwt);
    /* Completes with all stored account keys, a newline after each. NULL: unsupported. */
    void (*list)(void* self, uint64_t request);
    /* Completes with MIDGE_OK also when nothing was stored. NULL: unsupported. */
    void (*erase)(void* self, uint64_t request, midge_text account);

    /* Ends the work and joins the instance's threads. What is still unanswered may be completed now
     * or be left to the host, which answers it with "unavailable". No call into the host after this
     * returned. Called once. Required. */
    void (*stop)(void* self);
    /* Frees the instance; called once, after stop(). Required. */
    void (*destroy)(void* self);
} midge_resolver;

/* Type of the exported function. Called once per load; must not return NULL.
 *     MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v1(void); */
typedef const midge_resolver* (*midge_resolver_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
