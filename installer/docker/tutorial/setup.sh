#!/bin/sh
# Makes the operator SAOP with its system account and a user of that, and the server's configuration; once.
set -eu
cd "$HOME"
if [ -e server.conf ]; then
    exit 0
fi
nsc add operator -n SAOP
nsc add account -n SYS
nsc add user -n SYSU
cat >server.conf.new <<EOF
server_name: "tutorial"
listen: "0.0.0.0:4222"
ports_file_dir: "/run/midge"
operator: "$HOME/.nsc/nats/SAOP/SAOP.jwt"
system_account: $(nsc describe account -n SYS -F sub | tr -d '"')
resolver: URL("http://accounts:9090/jwt/v1/accounts/")
EOF
mv server.conf.new server.conf
