#include "account-server/accounts_api.h"

namespace midge::tools {

const char* const account_server_help = R"(
# NATS Account Server JWT API HELP

## GET /jwt/v1/help
This page.

## GET /jwt/v1/operator
The JWT of the operator, if the server has one; for text=true and decode=true see below.

## GET /jwt/v1/accounts/
Answers 200 without a body, which is how NATS servers check a resolver.

## GET /jwt/v1/accounts/<public key>
The JWT of the account as application/jwt, or 404. The ETag is the JWT's id; the answer is 304 if If-None-Match contains it.
  check=true    404 if the JWT is expired
  text=true     as text/plain
  decode=true   header and claims as JSON
  notify=true   also publish it to the NATS server, if one is configured

## POST /jwt/v1/accounts/<public key>
Stores the JWT in the body. It must belong to this account, be valid, and be signed by the server's operator. Answers 200;
400 with the reason if the JWT is refused; 500 if it cannot be stored.

## GET /jwt/v1/pack
All JWTs, one per line: <public key>|<JWT>. If they do not fit in one answer, its header Link has the path of the next page.
  max=N          at most N JWTs
  after=<key>    only JWTs of public keys after this one

## GET /healthz
200 while the server runs.
)";

}  // namespace midge::tools
