#!/bin/sh
# make-certificates.sh FOLDER: certificates for tests, each with NAME.pem and NAME.key, made by the openssl command.
set -eu
cd "$1"

authority() { # NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -days 3650 \
        -subj "/CN=Test authority $1" 2>/dev/null
}

# NAME AUTHORITY SUBJECT EXTENSIONS [KEY TYPE]
certificate() {
    if [ "${5:-ec}" = rsa ]; then
        set -- "$1" "$2" "$3" "$4" -newkey rsa:2048
    else
        set -- "$1" "$2" "$3" "$4" -newkey ec -pkeyopt ec_paramgen_curve:P-256
    fi
    name=$1 authority=$2 subject=$3 extensions=$4
    shift 4
    openssl req "$@" -nodes -keyout "$name.key" -out "$name.csr" -subj "$subject" 2>/dev/null
    printf '%s\n' "$extensions" >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA "$authority.pem" -CAkey "$authority.key" -CAcreateserial -days 3650 \
        -extfile "$name.ext" -out "$name.pem" 2>/dev/null
    rm "$name.csr" "$name.ext"
}

for_server='subjectAltName=DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth'
for_client='extendedKeyUsage=clientAuth'

authority ca
certificate server ca "/CN=localhost" "$for_server"
certificate renewed ca "/CN=localhost" "$for_server"
certificate rsa ca "/CN=localhost" "$for_server" rsa
# Users: bob has names beside his subject, amy has none, joe has two in one part of his, eve comes from an authority that nobody trusts.
certificate bob ca "/O=acme/CN=bob" "subjectAltName=email:bob@acme.com,DNS:bob.acme.com,URI:spiffe://acme/bob
$for_client"
certificate amy ca "/DC=com/DC=acme/O=acme/CN=amy" "$for_client"
certificate joe ca "/O=acme/OU=x+CN=joe/emailAddress=joe@acme.com" "$for_client"
certificate jim ca "/O=acme/OU=x+CN=jim" "$for_client"
authority stranger
certificate eve stranger "/O=acme/CN=bob" "subjectAltName=email:bob@acme.com
$for_client"

# A bundle whose other certificates are damaged: no base64, no certificate in it, and no end.
{
    printf '# authorities\n-----BEGIN CERTIFICATE-----\nnone!\n-----END CERTIFICATE-----\n'
    printf -- '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n'
    printf -- '-----BEGIN CERTIFICATE-----\nMIIB\n'
    cat ca.pem
} >damaged.pem

# What `pinned_certs` wants.
for name in bob amy; do
    openssl x509 -in "$name.pem" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -r |
        cut -d ' ' -f 1 | tr -d '\n' >"$name.pin"
done
date >made
