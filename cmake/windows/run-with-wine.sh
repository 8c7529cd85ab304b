#!/bin/sh
# run-with-wine.sh PROGRAM.exe [ARGUMENTS] runs a Windows program with a Wine prefix of this build tree, which is made at the
# first call. The prefix is MIDGE_WINEPREFIX, by default wine/ in MIDGE_WINDOWS_CACHE. Its server keeps running, so that a start
# takes a tenth of a second. `run-with-wine.sh --end` stops it together with all its programs.
set -eu
cache=${MIDGE_WINDOWS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/midge-windows}
export WINEPREFIX="${MIDGE_WINEPREFIX:-$cache/wine}"
export WINEDEBUG="${WINEDEBUG:--all}" WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY
# The package wine64-preloader reserves the addresses that Windows programs expect. Without it, about one start in a thousand
# fails with exit code 1 and without an error text.
wine=/usr/lib/wine/wine64
mkdir -p "$WINEPREFIX"
if [ "${1:-}" = --end ]; then
    /usr/lib/wine/wineserver64 -k || true  # fails if none is running
    exit 0
fi
# One start at a time: no program may begin before the services of Windows run. They are started here, because a program that
# starts them would share its output with them, and readers of that output would wait until they end.
(
    flock 9
    if [ ! -e "$WINEPREFIX/midge-ready" ]; then
        "$wine" wineboot -i >/dev/null 2>&1 </dev/null 9>&-
        "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1 </dev/null 9>&-
        /usr/lib/wine/wineserver64 -w 9>&-  # otherwise it would end a moment after its last program, unnoticed
        : >"$WINEPREFIX/midge-ready"
    fi
    if /usr/lib/wine/wineserver64 -p >/dev/null 2>&1 </dev/null 9>&-; then
        "$wine" cmd /c exit >/dev/null 2>&1 </dev/null 9>&-
        # The services end with the last program, and the next one would start them again. This program keeps running and reads
        # nothing.
        [ -p "$WINEPREFIX/hold" ] || mkfifo "$WINEPREFIX/hold"
        setsid "$wine" cmd >/dev/null 2>&1 0<>"$WINEPREFIX/hold" 9>&- &
    fi
) 9>"$WINEPREFIX/lock"
exec "$wine" "$@"
