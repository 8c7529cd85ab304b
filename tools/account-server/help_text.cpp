#include "account-server/accounts_api.h"

namespace midge::tools {

const char* const account_server_help = R"(
# NATS Account Server JWT API HELP

## GET /jwt/v1/help
This page.

## GET /jwt/v1/operator
The JWT of the operator, if the server knows one; text=true and decode=true as below.

## GET /jwt/v1/accounts/
Answers 200 without a body, which is how NATS servers check a resolver.

## GET /jwt/v1/accounts/<public key>
The JWT of the account as application/jwt, or 404. The ETag is the JWT's id: 304 if If-None-Match has it.
  check=true    404 if the JWT is expired
  text=true     as text/plain
  decode=true   header and claims as JSON
  notify=true   also publish it to the NATS server, if one is configured

## POST /jwt/v1/accounts/<public key>
Stores the JWT in the body. It must be the account's, valid, and signed by the server's operator: 200, or 400 with the reason;
500 if it could not be stored.

## GET /jwt/v1/pack
All JWTs by public key, one line each: <public key>|<JWT>. Many come in pages: the header Link then has the path of the next one.
  max=N          at most so many
  after=<key>    only those behind this public key

## GET /healthz
200 while the server runs.
)";

}  // namespace midge::tools
