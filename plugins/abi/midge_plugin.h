/* What every Midge plugin shares with its host: texts, status codes, log levels, the export macro.
 * Plain C11.
 *
 * A plugin is a shared library with one exported function that returns a table of functions.
 * Nothing allocated on one side is freed on the other, no exception crosses, and the plugin runs
 * with all rights of the host: the ABI protects from mistakes, not from malice. A library once
 * loaded is never unloaded. */
#ifndef MIDGE_PLUGIN_H
#define MIDGE_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define MIDGE_PLUGIN_EXPORT __declspec(dllexport)
#else
#define MIDGE_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes, not terminated by a zero. What a call passes is valid during that call only: copy what is
 * needed later. The receiver never writes to it and never frees it. `data` may be NULL when `size`
 * is 0. */
typedef struct midge_text {
    const char* data;
    size_t size;
} midge_text;

/* How a request ended. Passed as int; a value that the receiver does not know counts as
 * MIDGE_FAILED. */
enum midge_status {
    MIDGE_OK = 0,
    MIDGE_FAILED = 1,      /* anything without a code of its own */
    MIDGE_NOT_FOUND = 2,   /* nothing is stored under that key: an answer, not an error */
    MIDGE_INVALID = 3,     /* a setting, a key or stored data is malformed */
    MIDGE_DENIED = 4,      /* refused by the settings (full, read-only) or by a remote store */
    MIDGE_UNAVAILABLE = 5, /* cannot be reached or is overloaded now; trying again may help */
    MIDGE_UNSUPPORTED = 6  /* this plugin does not do that */
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

#ifdef __cplusplus
}
#endif

#endif
