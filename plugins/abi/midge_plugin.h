/* Parts of the ABI that all Midge plugins have in common: texts, status codes, settings, reports,
 * the export macro. Plain C11. docs/plugins.md is the reference.
 *
 * A plugin is a shared library with one exported function that returns a table of functions.
 * Nothing allocated on one side is freed on the other, no exception crosses, and the plugin runs
 * with all rights of the host: the ABI protects from mistakes, not from malice. A library once
 * loaded is never unloaded.
 *
 * Versions. The name of the exported function and the field `abi` change together, and only when
 * something breaks. Additions within a version are at the end of a structure. Every structure that
 * may grow begins with `size`, the number of bytes that its writer knows: a reader uses a field
 * only if MIDGE_HAS says that it is there. */
#ifndef MIDGE_PLUGIN_H
#define MIDGE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MIDGE_PLUGIN_EXPORT __declspec(dllexport)
#else
#define MIDGE_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* Whether the writer of the structure behind `pointer` knew `field`. Fields of the first header of
 * this ABI version are always there, except in the plugin's table, whose optional part begins after
 * destroy(). */
#define MIDGE_HAS(pointer, field)                                               \
    ((size_t)((const char*)(&(pointer)->field + 1) - (const char*)(pointer)) <= \
     (size_t)(pointer)->size)

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes, not terminated by a zero. A text that is passed to a call is valid only during that call:
 * copy it if it is needed later. The receiver never writes to it and never frees it. `data` may be
 * NULL if `size` is 0. This structure never grows. */
typedef struct midge_text {
    const char* data;
    size_t size;
} midge_text;

/* How a request ended. A value that the receiver does not know counts as MIDGE_FAILED. */
enum midge_status {
    MIDGE_OK = 0,
    MIDGE_FAILED = 1,      /* any error without a code of its own */
    MIDGE_NOT_FOUND = 2,   /* nothing is stored under that key: an answer, not an error */
    MIDGE_INVALID = 3,     /* a setting, a key or stored data is malformed */
    MIDGE_DENIED = 4,      /* refused by the settings (full, read-only) or by a remote store */
    MIDGE_UNAVAILABLE = 5, /* cannot be reached or is overloaded now; trying again may help */
    MIDGE_UNSUPPORTED = 6, /* this plugin does not do that */
    MIDGE_UNCHANGED = 7,   /* fetch: the stored JWT has the version that the host has */
    MIDGE_CONFLICT = 8     /* store: the condition is not true */
};

/* Levels of the host's log. One event is one line, without a newline and without secrets (no JWT,
 * seed, password). */
enum midge_log_level {
    MIDGE_LOG_TRACE = 0,
    MIDGE_LOG_DEBUG = 1,
    MIDGE_LOG_INFO = 2,
    MIDGE_LOG_WARN = 3,
    MIDGE_LOG_ERROR = 4
};

/* The state of an instance. A value that the host does not know counts as MIDGE_HEALTH_DOWN. */
enum midge_health {
    MIDGE_HEALTH_OK = 0,
    MIDGE_HEALTH_DEGRADED = 1, /* works, but something is lost or slow */
    MIDGE_HEALTH_DOWN = 2      /* does not work now */
};

/* The argument of report(). Valid only during that call. */
typedef struct midge_report {
    uint32_t size; /* bytes of this structure as the host knows it */
    uint32_t reserved;
    void* self; /* first argument of the functions below */
    /* Sets the health: a `state` of midge_health and one line about it. Call it at most once;
     * without a call the health is ok. */
    void (*health)(void* self, int state, midge_text line);
    /* Adds a metric. `name` has a-z, 0-9 and '_', at most 64 bytes. At most 64 metrics. */
    void (*metric)(void* self, midge_text name, int64_t value);
} midge_report;

/* The type of a setting's value. */
enum midge_setting_type {
    MIDGE_SETTING_STRING = 1,
    MIDGE_SETTING_INTEGER = 2,
    MIDGE_SETTING_BOOLEAN = 3,
    MIDGE_SETTING_OBJECT = 4, /* the plugin checks its content */
    MIDGE_SETTING_LIST = 5    /* the plugin checks its content */
};

/* Bits of midge_setting.flags. */
enum { MIDGE_SETTING_REQUIRED = 1 };

/* One setting that a plugin knows. Constant, lives as long as the library. Never grows. The host
 * refuses settings that are not in the plugin's table, that are of another type, or that are
 * required and missing; its error shows the help line and the default. */
typedef struct midge_setting {
    midge_text name; /* compared without regard to case */
    uint32_t type;   /* of midge_setting_type */
    uint32_t flags;
    midge_text default_value; /* as text, for people; empty: none */
    midge_text help;          /* one line */
} midge_setting;

#ifdef __cplusplus
}
#endif

#endif
