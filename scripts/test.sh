#!/usr/bin/env bash
# Builds and runs the tests. The last line has the numbers of passed and failed tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'EOF'
usage: scripts/test.sh [--all | --changed [REVISION] | --step NAME] [--fuzz-seconds N] [--no-install]
Without an option: builds with ASan and UBSan and runs all tests.
  --changed         the tests that what you changed since the revision (HEAD) can break, built file by file, in the preset `dev`
  --all             also format, clang-tidy, that each file compiles alone, ThreadSanitizer, the release build with its instruction
                    counts, the packages, every fuzzer, and Windows under Wine; the default when CI=true. A step is skipped if
                    nothing that it depends on has changed since it passed on this machine
  --step NAME       one step of that, repeatable
  --fuzz-seconds N  how long each fuzzer runs (60)
  --no-install      do not install missing packages, and do not download nats-server
With MIDGE_NIGHTLY=1 everything runs, skipped or not, the wire scripts over every combination, and each fuzzer for ten minutes.
EOF
}

install=yes
all=no
groups=(--build --test)
for argument in "$@"; do
    case $argument in
        -h | --help) usage; exit 0 ;;
        --no-install) install=no ;;
        --all) all=yes ;;
    esac
done
if [[ ${CI:-} == true && $# == 0 ]]; then
    set -- --all
    all=yes
fi
if [[ $all == yes || ${MIDGE_NIGHTLY:-} == 1 ]]; then
    groups+=(--package --package-test --windows)
fi
[[ $install == no ]] || scripts/install-deps.sh "${groups[@]}"
PYTHONDONTWRITEBYTECODE=1 exec python3 scripts/checks/main.py "$@"
