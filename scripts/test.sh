#!/usr/bin/env bash
# Builds and runs the tests; the last line tells how many passed and failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'EOF'
usage: scripts/test.sh [--all] [--fuzz-seconds N] [--no-install]
  --all             also ThreadSanitizer, the release build with its instruction counts, the packages, every fuzzer, and Windows
                    under Wine; the default when CI=true. Windows is left out, and said to be, when so many minutes have
                    passed by then that its build would take the run past 80: 30, or 50 if its libraries are built
  --fuzz-seconds N  how long each fuzzer runs with --all (60)
  --no-install      do not install missing packages
EOF
}

all=no
[[ "${CI:-}" != true ]] || all=yes
fuzz_seconds=60
install=yes
while (($# > 0)); do
    case $1 in
        --all) all=yes ;;
        --fuzz-seconds)
            fuzz_seconds=${2:-}
            [[ $fuzz_seconds =~ ^[1-9][0-9]*$ ]] || { echo "test.sh: --fuzz-seconds needs a number from 1" >&2; exit 2; }
            shift ;;
        --no-install) install=no ;;
        -h | --help) usage; exit 0 ;;
        *) echo "test.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

passed=0
failed=0
skipped=0

step() { printf '\n== %s\n' "$*"; }

configure_and_build() {
    local preset=$1
    shift
    cmake --preset "$preset" -DMIDGE_TESTS=ON
    cmake --build --preset "$preset" "$@"
}

# Adds what a ctest run reported to the sums.
count() {
    local report=$1 tests failures skips
    if [[ ! -s $report ]]; then
        echo "test.sh: ctest wrote no report" >&2
        failed=$((failed + 1))
        return
    fi
    read -r tests failures skips < <(python3 - "$report" <<'EOF'
import sys
import xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()
print(*(int(suite.get(name, 0)) for name in ("tests", "failures", "skipped")))
EOF
    )
    passed=$((passed + tests - failures - skips))
    failed=$((failed + failures))
    skipped=$((skipped + skips))
}

run_ctest() {
    local preset=$1 report="$PWD/build/$1/ctest.xml"
    rm -f "$report"
    # Goes on after failures: the sums tell of them.
    ctest --preset "$preset" --output-junit "$report" || true
    count "$report"
}

# The name of each fuzzer, or with `commands` also its program and corpus (once they are built), as ctest knows them.
list_fuzzers() {
    ctest --preset fuzz --show-only=json-v1 --label-regex '^fuzz$' | python3 -c '
import json, sys
for test in json.load(sys.stdin)["tests"]:
    name = test["name"].removesuffix("_corpus")
    print(name, test["command"][0], test["command"][-1], sep="\t") if "commands" in sys.argv else print(name)
' "$@"
}

# Installs, upgrades and removes what package.sh makes, on a Debian system of its own.
test_packages() {
    local code=0
    scripts/package.sh --no-install >build/package.log 2>&1 || { tail -n 40 build/package.log; failed=$((failed + 1)); return; }
    python3 tests/packaging/package_test.py --packages build/release/packages --work build/packaging || code=$?
    case $code in
        0) passed=$((passed + 1)) ;;
        77) skipped=$((skipped + 1)) ;;
        *) failed=$((failed + 1)) ;;
    esac
}

run_fuzzer() {
    local name=$1 program=$2 corpus=$3 work="$PWD/build/fuzz/found/$1"
    mkdir -p "$work"
    echo "-- $name for $fuzz_seconds s"
    if "$program" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$work/" "$work" "$corpus" >"$work.log" 2>&1; then
        grep -E 'stat::number_of_executed_units' "$work.log" || true
        passed=$((passed + 1))
    else
        tail -n 40 "$work.log"
        failed=$((failed + 1))
    fi
}

run_fuzzers() {
    local names=() name program corpus
    cmake --preset fuzz -DMIDGE_TESTS=ON
    mapfile -t names < <(list_fuzzers)
    if ((${#names[@]} == 0)); then
        echo "test.sh: no fuzzers found" >&2
        failed=$((failed + 1))
        return
    fi
    cmake --build --preset fuzz --target "${names[@]}"
    while IFS=$'\t' read -r name program corpus; do
        run_fuzzer "$name" "$program" "$corpus"
    done < <(list_fuzzers commands)
}

# Builds for Windows and runs that under Wine. Its libraries take about 17 minutes of two processors, once.
test_windows() {
    local minutes=$((SECONDS / 60)) minutes_max=30
    [[ ! -e $(scripts/windows-deps.sh --print-prefix)/complete ]] || minutes_max=50
    if ((minutes > minutes_max)); then
        echo "test.sh: Windows left out: $minutes minutes have passed, more than $minutes_max"
        skipped=$((skipped + 1))
        return
    fi
    [[ $install == no ]] || scripts/install-deps.sh --windows
    scripts/windows-deps.sh
    configure_and_build windows
    cmake --build --preset windows --target installer
    run_ctest windows
}

if [[ $install == yes ]]; then
    step "packages"
    groups=(--build --test)
    [[ $all == no ]] || groups+=(--package --package-test)
    scripts/install-deps.sh "${groups[@]}"
fi

step "Debug build with ASan and UBSan, all tests"
configure_and_build dev
run_ctest dev

if [[ $all == yes ]]; then
    step "ThreadSanitizer, all tests"
    configure_and_build tsan
    run_ctest tsan

    step "release build"
    cmake --preset release -DMIDGE_TESTS=OFF
    cmake --build --preset release

    step "instructions per message"
    if python3 tests/bench/instructions.py; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi

    step "Linux packages"
    test_packages

    step "fuzzers"
    run_fuzzers

    step "Windows, all tests under Wine"
    test_windows
fi

step "result"
if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
((failed == 0))
