#!/usr/bin/env bash
# Goes from a clone to a running broker with accounts: builds Midge, makes an operator with two accounts, and starts the server
# in the foreground. It can be run again and keeps existing files.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
    cat <<'EOF'
usage: scripts/quickstart.sh [--port N] [--dir FOLDER]
  --port N      where clients connect (4222)
  --dir FOLDER  where keys, accounts and the configuration go (build/quickstart in the source tree)
EOF
}

port=4222
dir="$root/build/quickstart"
while (($# > 0)); do
    case $1 in
        --port)
            port=${2:-}
            if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then
                echo "quickstart.sh: --port is '$port', expected 1..65535" >&2
                exit 2
            fi
            shift ;;
        --dir)
            dir=${2:-}
            [[ -n $dir ]] || { echo "quickstart.sh: --dir needs a folder" >&2; exit 2; }
            shift ;;
        -h | --help) usage; exit 0 ;;
        *) echo "quickstart.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
(umask 077 && mkdir -p "$dir") # it will hold keys
dir=$(cd "$dir" && pwd)
bin="$root/build/release/bin"

echo "== Packages"
"$root/scripts/install-deps.sh" --build

echo "== Release build"
(cd "$root" && cmake --preset release -DMIDGE_TESTS=OFF && cmake --build --preset release)

umask 077
# All files of the tool are in this folder, and none in the home folder.
nsc() { "$bin/midge-nsc" --all-dirs "$dir/nsc" "$@"; }
accounts="$dir/nsc/SAOP/accounts"

echo "== Operator SAOP with the accounts SYS and APP, in $dir"
[[ -e $dir/nsc/SAOP/SAOP.jwt ]] || nsc add operator -n SAOP
[[ -e $accounts/SYS/SYS.jwt ]] || nsc add account -n SYS
[[ -e $accounts/SYS/users/SYSU.jwt ]] || nsc add user -a SYS -n SYSU
[[ -e $accounts/APP/APP.jwt ]] || nsc add account -n APP
[[ -e $accounts/APP/users/app.jwt ]] || nsc add user -a APP -n app
[[ -e $dir/sys.creds ]] || nsc generate creds -a SYS -n SYSU -o "$dir/sys.creds"
[[ -e $dir/app.creds ]] || nsc generate creds -a APP -n app -o "$dir/app.creds"

# The system account is in the configuration. Other accounts are files in the resolver's directory; for a running server, they
# would be pushed instead.
nsc generate config --nats-resolver --sys-account SYS --config-file "$dir/resolver.conf" --force
app_key=$(nsc describe account -n APP -F sub | tr -d '"')
mkdir -p "$dir/jwt"
cp "$accounts/APP/APP.jwt" "$dir/jwt/$app_key.jwt"
cat >"$dir/server.conf" <<EOF
# Written by scripts/quickstart.sh each time it runs.
server_name: quickstart
listen: 127.0.0.1:$port
include "resolver.conf"
EOF

cat <<EOF

The server starts now; Ctrl-C ends it. In other terminals, try:

  $bin/midge -s nats://127.0.0.1:$port --creds $dir/sys.creds sub '>'
      prints system events: connections, disconnections, statistics
  $bin/midge -s nats://127.0.0.1:$port --creds $dir/app.creds sub greetings
      prints messages as they arrive
  $bin/midge -s nats://127.0.0.1:$port --creds $dir/app.creds pub greetings hello
      publishes one

EOF
# The resolver's directory in resolver.conf is relative to the working folder.
cd "$dir"
exec "$bin/midged" -c "$dir/server.conf"
