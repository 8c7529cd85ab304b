#!/bin/sh
# run-with-wine.sh PROGRAM.exe [ARGUMENTS]: runs a Windows program with a Wine prefix of this build tree, made on the first call.
# The prefix is MIDGE_WINEPREFIX, by default wine/ in MIDGE_WINDOWS_CACHE. Its server stays up, so that a start
# takes a tenth of a second; `run-with-wine.sh --end` ends it, and all programs with it.
set -eu
cache=${MIDGE_WINDOWS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/midge-windows}
export WINEPREFIX="${MIDGE_WINEPREFIX:-$cache/wine}"
export WINEDEBUG="${WINEDEBUG:--all}" WINEDLLOVERRIDES="mscoree,mshtml="
unset DISPLAY
# With the package wine64-preloader it keeps the addresses free that Windows programs expect; without it, about one start in
# a thousand fails with exit code 1 and no word.
wine=/usr/lib/wine/wine64
mkdir -p "$WINEPREFIX"
if [ "${1:-}" = --end ]; then
    /usr/lib/wine/wineserver64 -k || true # fails if none runs
    exit 0
fi
# One at a time: nobody may begin before the services of Windows run. They are started here, as they would hold the output of
# the program that starts them open, and with it whoever reads that to its end.
(
    flock 9
    if [ ! -e "$WINEPREFIX/midge-ready" ]; then
        "$wine" wineboot -i >/dev/null 2>&1 </dev/null 9>&-
        "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1 </dev/null 9>&-
        /usr/lib/wine/wineserver64 -w 9>&-  # it would end a moment after the last program, and not be seen to
        : >"$WINEPREFIX/midge-ready"
    fi
    if /usr/lib/wine/wineserver64 -p >/dev/null 2>&1 </dev/null 9>&-; then
        "$wine" cmd /c exit >/dev/null 2>&1 </dev/null 9>&-
        # The services end with the last program, and would begin anew with the next: this one stays, and reads nothing.
        [ -p "$WINEPREFIX/hold" ] || mkfifo "$WINEPREFIX/hold"
        setsid "$wine" cmd >/dev/null 2>&1 0<>"$WINEPREFIX/hold" 9>&- &
    fi
) 9>"$WINEPREFIX/lock"
exec "$wine" "$@"
