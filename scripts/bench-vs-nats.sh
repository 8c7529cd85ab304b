#!/usr/bin/env bash
# Builds the release and compares it with the official nats-server on this machine.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'EOF'
usage: [NATS_SERVER=/path/to/nats-server] scripts/bench-vs-nats.sh [options of tests/bench/compare.py]
  --quick         short runs, under two minutes in all; less exact
  --rounds N      runs of each server and case (5, with --quick 3)
  --only PATTERN  cases whose name contains or matches (*, ?) this
  --threads N     Midge's event loops (one per core)
  --explain       say under each line what was done
  --json FILE     also write everything measured there
The official server is the program NATS_SERVER, else nats-server on PATH. The build needs Google Benchmark
(Debian: libbenchmark-dev) besides what scripts/install-deps.sh installs. Leave the machine alone while it runs.
EOF
}

for argument in "$@"; do
    case $argument in
        -h | --help) usage; exit 0 ;;
    esac
done

nats_server=${NATS_SERVER:-$(command -v nats-server || true)}
if [[ -z $nats_server ]]; then
    echo "bench-vs-nats.sh: no nats-server on PATH; set NATS_SERVER to the official program" >&2
    exit 2
elif [[ ! -f $nats_server || ! -x $nats_server ]]; then
    echo "bench-vs-nats.sh: NATS_SERVER is '$nats_server', which is no program" >&2
    exit 2
fi

(
    cd "$root"
    cmake --preset release -DMIDGE_TESTS=ON -DMIDGE_BENCH=ON
    cmake --build --preset release --target midged midge-nsc resolver-memory sink-file bench_load
) >&2
NATS_SERVER=$nats_server exec "$root/tests/bench/compare.py" "$@"
