#!/usr/bin/env bash
# Builds the libraries that Midge needs, for Windows, with the MinGW compiler of Debian. The result is kept in a folder named
# by this script's own content, so that it is built once per version of the script.
set -euo pipefail

usage() {
    cat <<'EOT'
usage: scripts/windows-deps.sh [--print-prefix] [--jobs N]
  --print-prefix  print the folder of the libraries, whether they are built or not, and do nothing else
  --jobs N        how many compilers run at a time (the number of processors)
The folder lies in MIDGE_WINDOWS_CACHE, by default ~/.cache/midge-windows. Needs what `scripts/install-deps.sh --windows` installs.
EOT
}

jobs=$(nproc)
print_prefix=no
while (($# > 0)); do
    case $1 in
        --print-prefix) print_prefix=yes ;;
        --jobs)
            jobs=${2:-}
            [[ $jobs =~ ^[1-9][0-9]*$ ]] || { echo "windows-deps.sh: --jobs needs a number from 1" >&2; exit 2; }
            shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "windows-deps.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

cache=${MIDGE_WINDOWS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/midge-windows}
key=$(sha256sum "${BASH_SOURCE[0]}" | cut -c 1-16)
prefix=$cache/$key
if [[ $print_prefix == yes ]]; then
    echo "$prefix"
    exit 0
fi
if [[ -e $prefix/complete ]]; then
    echo "windows-deps.sh: $prefix is complete"
    exit 0
fi

triple=x86_64-w64-mingw32
cc=$triple-gcc-posix
cxx=$triple-g++-posix
for program in $cc $cxx $triple-windmc dpkg-source cmake ninja perl autoreconf; do
    command -v "$program" >/dev/null ||
        { echo "windows-deps.sh: $program is missing; run scripts/install-deps.sh --windows" >&2; exit 1; }
done

mkdir -p "$prefix"/{include,lib,share}
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT

# --- sources -------------------------------------------------------------------------------------------------------------------
# Source packages come from where this machine gets its Debian packages, by lists of our own: the machine's stay as they are.
debian_archive() {
    apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' |
        awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }'
}

apt_with_list() {
    local suite=$1
    shift
    apt-get -qq -o Dir::Etc::SourceList="$work/apt/$suite.list" -o Dir::Etc::SourceParts=- \
        -o Dir::State::Lists="$work/apt/$suite" -o APT::Sandbox::User=root "$@"
}

add_suite() {
    local suite=$1 archive
    archive=$(debian_archive)
    [[ -n $archive ]] || { echo "windows-deps.sh: apt knows no Debian archive; run apt-get update" >&2; exit 1; }
    mkdir -p "$work/apt/$suite/partial"
    echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >"$work/apt/$suite.list"
    apt_with_list "$suite" update
}

versions_in() {
    apt-cache -o Dir::Etc::SourceList="$work/apt/$1.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$work/apt/$1" \
        showsrc "$2" | sed -n 's/^Version: //p' | sort -Vru
}

# get PACKAGE SUITE...: unpacks the source package into $work/PACKAGE, patches applied. Mirrors lack a file at times, so older
# versions and later suites are tried, and last the upstream archive without Debian's patches.
get() {
    local package=$1 suite version archive
    shift
    mkdir -p "$work/sources/$package"
    cd "$work/sources/$package"
    for suite in "$@"; do
        for version in $(versions_in "$suite" "$package"); do
            if apt_with_list "$suite" source --download-only "$package=$version" >>"$work/log" 2>&1 &&
                dpkg-source ${unpack_options:-} --extract "${package}_"*.dsc "$work/$package" >>"$work/log" 2>&1; then
                echo "windows-deps.sh: sources of $package $version"
                return
            fi
            rm -rf ./* "${work:?}/$package"
        done
    done
    for suite in "$@"; do
        apt_with_list "$suite" source --tar-only "$package" >>"$work/log" 2>&1 || true
        for archive in "${package}_"*.orig.tar.*[!c]; do
            [[ -e $archive ]] || continue
            mkdir -p "$work/$package"
            tar -C "$work/$package" --strip-components 1 -xf "$archive"
            echo "windows-deps.sh: sources of $package, $archive"
            return
        done
    done
    tail -n 40 "$work/log" >&2
    echo "windows-deps.sh: cannot get the sources of $package" >&2
    exit 1
}

# quietly NAME COMMAND...: shows the output only when the command fails, and says how long it took.
quietly() {
    local name=$1 start=$SECONDS
    shift
    # In a process of its own, where the first failing line ends it: on the left of || it would not.
    (set -e; "$@") >"$work/log" 2>&1 &
    wait $! || { tail -n 60 "$work/log" >&2; echo "windows-deps.sh: $name failed" >&2; exit 1; }
    echo "windows-deps.sh: $name, $((SECONDS - start)) s"
}

# --- what CMake needs to know ---------------------------------------------------------------------------------------------------
# windows.h is written in many cases of letters.
mkdir -p "$prefix/include/spellings"
mingw_include=$($cc -print-file-name=../../../../$triple/include)
for name in Windows Winsock2 Ws2tcpip Iphlpapi Mswsock Wincrypt; do
    lower=$mingw_include/$(tr '[:upper:]' '[:lower:]' <<<"$name").h
    [[ -e $lower ]] && ln -sf "$(realpath "$lower")" "$prefix/include/spellings/$name.h"
done

cmake_build() {
    local source=$1
    shift
    cmake -G Ninja -S "$source" -B "$source/build-windows" -DCMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DBUILD_SHARED_LIBS=OFF "$@" &&
        cmake --build "$source/build-windows" -j "$jobs" && cmake --install "$source/build-windows"
}

cat >"$work/toolchain.cmake" <<EOT
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR AMD64)
set(CMAKE_C_COMPILER $cc)
set(CMAKE_CXX_COMPILER $cxx)
set(CMAKE_RC_COMPILER $triple-windres)
set(CMAKE_MC_COMPILER $(command -v $triple-windmc))
set(CMAKE_FIND_ROOT_PATH /usr/$triple $prefix)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_C_FLAGS_INIT "-D_WIN32_WINNT=0x0A00 -I$prefix/include/spellings")
set(CMAKE_CXX_FLAGS_INIT "-D_WIN32_WINNT=0x0A00 -I$prefix/include/spellings")
EOT

# --- libraries ------------------------------------------------------------------------------------------------------------------
build_sodium() {
    cd "$work/libsodium"
    autoreconf -fi
    ./configure --host=$triple --prefix="$prefix" --disable-shared --disable-dependency-tracking CC=$cc
    make -j "$jobs"
    make install
}

build_crypt() {
    cd "$work/libxcrypt"
    autoreconf -fi
    ./configure --host=$triple --prefix="$prefix" --disable-shared --disable-dependency-tracking --enable-hashes=bcrypt,bcrypt_a,bcrypt_x,bcrypt_y \
        --enable-obsolete-api=no --disable-xcrypt-compat-files --disable-werror CC=$cc
    make -j "$jobs" libcrypt.la
    make install-libLTLIBRARIES install-nodist_includeHEADERS
}

build_openssl() {
    cd "$work/openssl"
    perl Configure mingw64 --cross-compile-prefix=$triple- --prefix="$prefix" --libdir=lib \
        --openssldir='C:/ProgramData/Midge/ssl' CC=gcc-posix \
        no-shared no-tests no-legacy no-engine no-dso no-cms no-ts no-ct no-srp no-idea no-seed no-camellia no-aria \
        no-bf no-cast no-rc2 no-rc4 no-md4 no-mdc2 no-whirlpool no-rmd160 no-sm2 no-sm3 no-sm4 no-siphash no-gost no-dtls \
        no-uplink threads
    make -j "$jobs" build_libs
    make install_dev
}

build_poco() {
    local off=(XML JWT MONGODB REDIS DATA DATA_SQLITE DATA_ODBC DATA_MYSQL DATA_POSTGRESQL ZIP PAGECOMPILER
        PAGECOMPILER_FILE2PAGE ACTIVERECORD ACTIVERECORD_COMPILER ENCODINGS PROMETHEUS)
    off=("${off[@]/#/-DENABLE_}")
    cmake_build "$work/poco" -DOPENSSL_USE_STATIC_LIBS=ON -DENABLE_CRYPTO=ON -DENABLE_NETSSL=ON "${off[@]/%/=OFF}"
}

copy_headers() {
    # Libraries that are headers only: the same ones as on Linux.
    cp -rL /usr/include/boost /usr/include/CLI /usr/include/tl "$prefix/include/"
    mkdir -p "$prefix/share/cmake"
    cp -r /usr/share/cmake/CLI11 /usr/share/cmake/tl-expected "$prefix/share/cmake/"
}

build_fmt() { cmake_build "$work/fmtlib" -DFMT_TEST=OFF -DFMT_DOC=OFF; }
build_cctz() { cmake_build "$work/cctz" -DBUILD_TESTING=OFF -DBUILD_EXAMPLES=OFF -DBUILD_TOOLS=OFF; }
build_googletest() {
    cp -r /usr/src/googletest "$work/googletest"
    cmake_build "$work/googletest"
}

copy_zones() {
    # Windows has no time zones in files; programs find them beside themselves.
    mkdir -p "$prefix/share/zoneinfo"
    tar -C /usr/share/zoneinfo --exclude=./posix --exclude=./right --exclude='./*.*' --exclude=./posixrules -chf - . |
        tar -C "$prefix/share/zoneinfo" -xf -
}

release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
add_suite "$release"
# POCO from 1.14 on: the PollSet of older versions does not work on Windows.
poco_suite=forky
add_suite $poco_suite
quietly "headers" copy_headers
quietly "time zones" copy_zones
get libsodium "$release" $poco_suite
quietly "libsodium" build_sodium
get libxcrypt "$release" $poco_suite
quietly "libxcrypt" build_crypt
get fmtlib "$release" $poco_suite
quietly "fmt" build_fmt
get cctz "$release" $poco_suite
quietly "cctz" build_cctz
quietly "googletest" build_googletest
get openssl "$release" $poco_suite
quietly "OpenSSL" build_openssl
# Without Debian's patches, of which the one for the Hurd takes Windows for Linux.
unpack_options=--skip-patches get poco $poco_suite
quietly "POCO" build_poco
touch "$prefix/complete"
echo "windows-deps.sh: $prefix is complete"
