/* ABI of resolver plugins, version 2: storage of account JWTs. Plain C11.
 *
 * The plugin never sees a session, a subject or a server. The host checks signatures and expiry,
 * decides which of two JWTs is newer, and orders several resolvers. The C++ wrapper of this header
 * is resolver_plugin.hpp; docs/plugins.md is the reference. */
#ifndef MIDGE_RESOLVER_H
#define MIDGE_RESOLVER_H

#include "midge_plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The value of `abi` in both tables. Changes only together with the export's name. */
#define MIDGE_RESOLVER_ABI 2u
/* The one function that a resolver plugin exports (see midge_resolver_entry). */
#define MIDGE_RESOLVER_EXPORT "midge_resolver_v2"
/* Bytes of a version; a version has no zero at its end. */
#define MIDGE_VERSION_SIZE 64u
/* midge_answer.index: all accounts of the fetch that have no answer yet. */
#define MIDGE_EVERY_ACCOUNT 0xffffffffu

/* Requests. Each begins with the same three fields. `id` counts the requests of an instance and
 * names the request in complete() and cancel(). `deadline_ms` is the time from now after which the
 * host answers the request itself. */

/* One account of a fetch. This structure never grows. */
typedef struct midge_wanted {
    midge_text account;
    midge_text have; /* the version of the JWT that the host has (see version_of); empty: none */
} midge_wanted;

typedef struct midge_fetch {
    uint32_t size;
    uint32_t deadline_ms;
    uint64_t id;
    const midge_wanted* accounts;
    uint32_t count; /* 1..fetch_max of the plugin's table */
    uint32_t reserved;
} midge_fetch;

enum midge_store_condition {
    MIDGE_STORE_ALWAYS = 0,
    MIDGE_STORE_IF_ABSENT = 1, /* only if nothing is stored */
    MIDGE_STORE_IF_VERSION = 2 /* only if the stored JWT has the version `expected` */
};

typedef struct midge_store {
    uint32_t size;
    uint32_t deadline_ms;
    uint64_t id;
    midge_text account;
    midge_text jwt;     /* 1 byte to 1 MiB */
    uint32_t condition; /* other than MIDGE_STORE_ALWAYS only with MIDGE_RESOLVER_COMPARES */
    uint32_t reserved;
    midge_text expected;
} midge_store;

typedef struct midge_list {
    uint32_t size;
    uint32_t deadline_ms;
    uint64_t id;
    midge_text cursor; /* cursor of the previous page's answer; empty: the first page */
    uint32_t limit;    /* the most accounts in the answer */
    uint32_t reserved;
} midge_list;

typedef struct midge_erase {
    uint32_t size;
    uint32_t deadline_ms;
    uint64_t id;
    midge_text account;
} midge_erase;

/* The answer to a request, or to one account of a fetch. */
typedef struct midge_answer {
    uint32_t size;
    int32_t status; /* of midge_status */
    uint32_t index; /* fetch: the account's place in `accounts`; otherwise 0 */
    uint32_t reserved;
    /* With MIDGE_OK the JWT (fetch), account keys with a newline after each (list), or nothing
     * (store, erase). With MIDGE_UNCHANGED and MIDGE_CONFLICT nothing. Otherwise the reason in one
     * line: where and what. */
    midge_text value;
    midge_text cursor; /* list: `cursor` of the next page's request; empty: the last page */
} midge_answer;

/* The subject of a `changed` notice. A value that the host does not know counts as
 * MIDGE_CHANGED_ALL. */
enum midge_change {
    MIDGE_CHANGED_ACCOUNT = 0, /* the JWT of one account */
    MIDGE_CHANGED_ALL = 1,     /* anything; `account` is ignored */
    MIDGE_CHANGED_DELETED = 2  /* one account is not stored any more */
};

/* The host's functions, an argument of create(). The table and `self` stay valid for as long as the
 * process lives; after stop() returned, calls into it are ignored. Every function may be called
 * from any thread, also from within a call of the host and under locks of the plugin: none of them
 * calls back into the plugin, waits for disk or network, or throws. */
typedef struct midge_resolver_host {
    uint32_t size; /* bytes of this table as the host knows it; fields past it do not exist */
    uint32_t abi;  /* MIDGE_RESOLVER_ABI */
    void* self;    /* first argument of the functions below */

    /* Writes one line to the host's log, with a `level` of midge_log_level. The host adds the
     * instance's name. */
    void (*log)(void* self, int level, midge_text line);

    /* Answers a request, exactly once, or once per account of a fetch; within the call that started
     * the request or later. An answer that is late, double or to an unknown request is ignored and
     * logged, except after cancel(). */
    void (*complete)(void* self, uint64_t request, const midge_answer* answer);

    /* Notifies the host of a change in the storage that is not from a store or erase of this host;
     * `kind` of midge_change. */
    void (*changed)(void* self, int kind, midge_text account);

    /* Writes the version of a JWT: the same bytes for the same JWT, on every host. Takes no lock
     * and little time. */
    void (*version_of)(void* self, midge_text jwt, char version[MIDGE_VERSION_SIZE]);
} midge_resolver_host;

/* The other argument of create(). */
typedef struct midge_resolver_start {
    uint32_t size;
    uint32_t reserved;
    midge_text instance;    /* the name of this instance in the configuration, unique in the host */
    midge_text config_json; /* the settings, a JSON object ("{}" when there are none) */
} midge_resolver_start;

/* Bits of midge_resolver.features. */
enum { MIDGE_RESOLVER_COMPARES = 1 /* store() obeys `condition` */ };

/* The plugin. The table is constant and lives as long as the library. create() may be called
 * several times: each call makes an instance of its own (a reload of the host's configuration makes
 * a new one before it stops the old one). */
typedef struct midge_resolver {
    uint32_t size;      /* sizeof(midge_resolver) of the header that the plugin was built with */
    uint32_t abi;       /* MIDGE_RESOLVER_ABI */
    midge_text name;    /* "resolver-url"; 1 to 64 bytes */
    midge_text version; /* for logs: "1.2.0"; at most 64 bytes */

    /* Required from here to destroy(). */

    /* Makes an instance. MIDGE_OK and *self on success; otherwise the reason goes to host->log and
     * the status is returned, and no other function is called. Called on a thread of the host's
     * choice; should not wait for the network. */
    int (*create)(const midge_resolver_host* host, const midge_resolver_start* start, void** self);

    /* Requests are called from any thread, several at a time; never after stop() began. They must
     * return without waiting: long work belongs to a thread of the plugin. Each `account` is
     * a well-formed public account key ("A" and 55 more of A-Z and 2-7): the host has checked that.
     * The structure is valid during the call. */

    /* Answers each account with the JWT, MIDGE_NOT_FOUND, or MIDGE_UNCHANGED if the stored JWT has
     * the version `have`. To answer with the JWT although it is unchanged is allowed. */
    void (*fetch)(void* self, const midge_fetch* request);
    /* Ends the work and joins the instance's threads. Open requests may be answered now; the host
     * answers the others with "unavailable". No call into the host is allowed after this has
     * returned. Called once. */
    void (*stop)(void* self);
    /* Frees the instance; called once, after stop(). */
    void (*destroy)(void* self);

    /* Optional from here on: NULL, 0, or past the end of a smaller table. */

    /* Replaces the stored JWT, or answers MIDGE_CONFLICT if the condition does not hold; the check
     * and the change are one step for all requests of this instance. NULL: read-only. */
    void (*store)(void* self, const midge_store* request);
    /* Answers with a page of the stored accounts. NULL: unsupported. */
    void (*list)(void* self, const midge_list* request);
    /* Answers MIDGE_OK also when nothing was stored. NULL: unsupported. */
    void (*erase)(void* self, const midge_erase* request);
    /* The deadline of a request is over and nobody waits for its answer any more. Work that has not
     * begun may be dropped. An answer is not needed, and is ignored. NULL: not wanted. */
    void (*cancel)(void* self, uint64_t request);
    /* Reports the state of the instance. Called from any thread, one at a time; must not wait. */
    void (*report)(void* self, const midge_report* to);

    const midge_setting* settings; /* NULL with setting_count 0: the host checks no setting */
    uint32_t setting_count;        /* at most 64 */
    uint32_t fetch_max; /* the most accounts in a fetch; 0 counts as 1; the host uses at most 64 */
    uint32_t features;  /* bits; the host ignores those that it does not know */
    uint32_t reserved;
} midge_resolver;

/* Type of the exported function. Called once per load; must not return NULL.
 *     MIDGE_PLUGIN_EXPORT const midge_resolver* midge_resolver_v2(void); */
typedef const midge_resolver* (*midge_resolver_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
