#!/usr/bin/env bash
# Prints the path of an official nats-server for comparison: the one that NATS_SERVER names, or Debian's newest package,
# unpacked into a cache. Nothing is installed, and no package of Midge contains it.
set -euo pipefail

usage() {
    cat <<'EOT'
usage: scripts/get-nats-server.sh [--cached]
  --cached  do not download: fails if the server is not in the cache yet
The cache is nats-server/ in MIDGE_CACHE, by default ~/.cache/midge.
EOT
}

# This release of Debian has a recent nats-server; the stable release has an old one.
suite=sid
download=yes
case ${1:-} in
    "") ;;
    --cached) download=no ;;
    -h | --help) usage; exit 0 ;;
    *) echo "get-nats-server.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
esac
if [[ -n ${NATS_SERVER:-} ]]; then
    [[ -x $NATS_SERVER ]] || { echo "get-nats-server.sh: NATS_SERVER is '$NATS_SERVER', which is no program" >&2; exit 1; }
    echo "$NATS_SERVER"
    exit 0
fi

cache=${MIDGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/midge}/nats-server
program=$cache/unpacked/usr/sbin/nats-server
if [[ -x $program ]]; then
    echo "$program"
    exit 0
fi
[[ $download == yes ]] || { echo "get-nats-server.sh: $program is not there" >&2; exit 1; }
command -v apt-get >/dev/null || { echo "get-nats-server.sh: needs apt-get" >&2; exit 1; }

mkdir -p "$cache"
work=$(mktemp -d "$cache/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Uses the Debian mirror of this machine, with separate package lists, so that the lists of the machine do not change.
archive=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
    awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
[[ -n $archive ]] || { echo "get-nats-server.sh: apt knows no Debian archive; run apt-get update" >&2; exit 1; }
mkdir -p "$work/lists/partial" "$work/archives/partial"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >"$work/sources.list"
apt_here() {
    apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/lists" \
        -o Dir::Cache="$work" -o APT::Sandbox::User=root "$@" >&2
}
apt_here update
(cd "$work" && apt_here download nats-server)
dpkg-deb --extract "$work"/nats-server_*.deb "$work/unpacked"
[[ -x $work/unpacked/usr/sbin/nats-server ]] || { echo "get-nats-server.sh: the package has no usr/sbin/nats-server" >&2; exit 1; }
rm -rf "$cache/unpacked"
mv "$work/unpacked" "$cache/unpacked"
echo "$program"
