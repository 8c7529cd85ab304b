#!/bin/sh
# Installs the Debian packages that Midge needs and that are missing. Asks no questions; a second call does nothing.
set -eu

usage() {
    cat <<'EOF'
usage: scripts/install-deps.sh [--runtime] [--build] [--test] [--package] [--package-test] [--windows] [--dry-run]
  --runtime       what built programs need to run
  --build         what building the programs needs (compiler, CMake, libraries)
  --test          what building and running the tests needs, besides --build
  --package       what making the packages needs, besides --build
  --package-test  what testing the packages needs, besides --package
  --windows       what building for Windows needs, and running it under Wine, besides --build and --test
  --dry-run       print what would be installed, install nothing
Without a group: --build and --test.
Needs Debian 12 or a relative of it with apt-get, and root or sudo.
EOF
}

runtime="ca-certificates libcctz2 libcrypt1 libfmt9 libnats3.4 libpocofoundation80 libpocojson80 libpoconet80 libpoconetssl80
    libpocoutil80 libsodium23 libssl3 tzdata zlib1g"
build="ca-certificates ccache cmake g++ libboost-dev libcctz-dev libcli11-dev libcrypt-dev libexpected-dev libfmt-dev libnats-dev
    libpoco-dev libsodium-dev libssl-dev ninja-build pkg-config zlib1g-dev"
test="clang clang-format clang-tidy git libclang-rt-14-dev libgmock-dev libgtest-dev lld openssl python3 valgrind"
package="dpkg-dev python3 rpm"
package_test="debootstrap fish lintian man-db zsh"
windows="autoconf automake dpkg-dev g++-mingw-w64-x86-64-posix libtool libz-mingw-w64-dev nsis patch perl wine64 wine64-preloader xz-utils"

groups=""
dry_run=no
for argument in "$@"; do
    case $argument in
        --runtime) groups="$groups $runtime" ;;
        --build) groups="$groups $build" ;;
        --test) groups="$groups $test" with_node=yes ;;
        --package) groups="$groups $package" ;;
        --package-test) groups="$groups $package_test" ;;
        --windows) groups="$groups $windows" ;;
        --dry-run) dry_run=yes ;;
        -h | --help) usage; exit 0 ;;
        *) echo "install-deps.sh: unknown option $argument" >&2; usage >&2; exit 2 ;;
    esac
done
if [ -z "$groups" ]; then
    groups="$build $test"
    with_node=yes
fi

# Node.js is often installed from another source, whose packages conflict with Debian's.
if [ "${with_node:-no}" = yes ]; then
    command -v node >/dev/null || groups="$groups nodejs"
    command -v npm >/dev/null || groups="$groups npm"
fi

if ! command -v apt-get >/dev/null; then
    echo "install-deps.sh: apt-get is missing; another system has the like of: $groups" >&2
    exit 1
fi

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=""
for package in $groups; do
    is_installed "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    echo "install-deps.sh: all packages are installed"
    exit 0
fi
echo "install-deps.sh: installing$missing"
[ "$dry_run" = no ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "install-deps.sh: needs root or sudo to run: apt-get install$missing" >&2
        exit 1
    fi
    as_root="sudo"
fi
$as_root apt-get update -q
# The lists contain words without blanks, and splitting them is intended.
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
