// The cost of a login and its advisory.
#include <benchmark/benchmark.h>

#include "auth/jwt.h"
#include "event/events.h"

namespace midge {
namespace {

constexpr int64_t issued_at = 1'700'000'000;

Result<std::string> user_token() {
    const KeyPair account = KeyPair::generate(KeyKind::account);
    UserClaims claims;
    claims.sub = KeyPair::generate(KeyKind::user).public_key();
    claims.name = "user";
    claims.limits.subs = claims.limits.data = claims.limits.payload = no_limit;
    claims.limits.permissions.pub.allow = {"orders.>", "reports.*.done"};
    return encode(claims, account, issued_at);
}

void decode_and_verify_user_jwt(benchmark::State& state) {
    const Result<std::string> token = user_token();
    if (!token) {
        state.SkipWithError("the token could not be made");
        return;
    }
    for (auto _ : state) {
        const Result<UserClaims> claims = decode_user(*token);
        if (!claims) state.SkipWithError("the token is not accepted");
        benchmark::DoNotOptimize(claims);
    }
}
BENCHMARK(decode_and_verify_user_jwt);

void verify_nonce_signature(benchmark::State& state) {
    const KeyPair user = KeyPair::generate(KeyKind::user);
    const std::string nonce = "bench-nonce-of-a-usual-length";
    const std::string signature = user.sign(nonce);
    for (auto _ : state)
        benchmark::DoNotOptimize(verify_signature(user.public_key(), nonce, signature));
}
BENCHMARK(verify_nonce_signature);

void connect_event_json(benchmark::State& state) {
    ServerInfo server;
    server.name = server.id = KeyPair::generate(KeyKind::server).public_key();
    server.host = "0.0.0.0";
    server.version = "0.1.0";
    ConnectEvent event{EventHeader::make(), {}};
    event.client.start = event.header.timestamp;
    event.client.host = "127.0.0.1";
    event.client.id = 8;
    event.client.account = KeyPair::generate(KeyKind::account).public_key();
    event.client.user = KeyPair::generate(KeyKind::user).public_key();
    event.client.name = "bench";
    event.client.lang = "c++";
    event.client.version = "1.0";
    event.client.jwt = user_token().value_or("");
    event.client.kind = "Client";
    event.client.client_type = "nats";
    for (auto _ : state) benchmark::DoNotOptimize(to_json(event, server));
}
BENCHMARK(connect_event_json);

}  // namespace
}  // namespace midge
