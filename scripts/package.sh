#!/usr/bin/env bash
# Builds the release and makes all its packages: .deb, .tar.gz, and .rpm if rpmbuild is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
    cat <<'EOF'
usage: scripts/package.sh [--out FOLDER] [--maintainer 'NAME <ADDRESS>'] [--no-install]
  --out FOLDER   where the packages go (build/release/packages)
  --maintainer   who the packages say is responsible for them
  --no-install   do not install missing packages
EOF
}

out=build/release/packages
maintainer=()
install=yes
while (($# > 0)); do
    case $1 in
        --out)
            out=${2:-}
            [[ -n $out ]] || { echo "package.sh: --out needs a folder" >&2; exit 2; }
            shift ;;
        --maintainer)
            [[ ${2:-} == *'<'*@*'>' ]] || { echo "package.sh: --maintainer needs 'NAME <ADDRESS>'" >&2; exit 2; }
            maintainer=("-DCPACK_PACKAGE_CONTACT=$2")
            shift ;;
        --no-install) install=no ;;
        -h | --help) usage; exit 0 ;;
        *) echo "package.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
mkdir -p "$out"
out=$(cd "$out" && pwd)

if [[ $install == yes ]]; then
    scripts/install-deps.sh --build --package
fi
# The same commit makes the same packages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
cmake --preset release -DMIDGE_TESTS=OFF -DMIDGE_PACKAGES=ON "${maintainer[@]}"
cmake --build --preset release

generators="DEB;TGZ"
if command -v rpmbuild >/dev/null; then
    generators+=";RPM"
else
    echo "package.sh: rpmbuild is missing, so there will be no .rpm" >&2
fi
rm -f "$out"/midge-*.rpm "$out"/midge-*.tar.gz "$out"/midge-*.deb
(umask 022 && cpack --config build/release/CPackConfig.cmake -G "$generators" -B "$out")
rm -rf "$out/_CPack_Packages"
ls -l "$out"
