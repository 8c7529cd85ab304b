#include "auth/jwt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "auth/claims_json.h"
#include "auth/generic_claims.h"
#include "unit/auth/token_maker.h"

namespace midge {
namespace {

using test::fixed_key;
using test::payload_of;
using test::sign_v1;
using test::sign_v2;

constexpr int64_t now = 1'700'000'000;

const KeyPair& operator_pair() {
    static const KeyPair key = fixed_key(KeyKind::operator_key, 1);
    return key;
}
const KeyPair& account_pair() {
    static const KeyPair key = fixed_key(KeyKind::account, 2);
    return key;
}
const KeyPair& user_pair() {
    static const KeyPair key = fixed_key(KeyKind::user, 3);
    return key;
}

// Published examples made by the Go library.
constexpr const char* go_v1_operator =
    "eyJ0eXAiOiJqd3QiLCJhbGciOiJlZDI1NTE5In0."
    "eyJqdGkiOiJJVEdJNjNCUUszM1VNN1pBSzZWT1RXNUZEU01ESlNQU1pRQ0RMNUlLUzZQTVhBU0ROQ01RIiwiaWF0IjoxNT"
    "g5O"
    "DM5MjA1LCJpc3MiOiJPQ1k2REUyRVRTTjNVT0RGVFlFWEJaTFFMSTdYNEdTWFI1NE5aQzRCQkxJNlFDVFpVVDY1T0lWTiI"
    "sIm"
    "5hbWUiOiJPUCIsInN1YiI6Ik9DWTZERTJFVFNOM1VPREZUWUVYQlpMUUxJN1g0R1NYUjU0TlpDNEJCTEk2UUNUWlVUNjVP"
    "SVZ"
    "OIiwidHlwZSI6Im9wZXJhdG9yIiwibmF0cyI6eyJhY2NvdW50X3NlcnZlcl91cmwiOiJodHRwOi8vbG9jYWxob3N0OjgwM"
    "DAv"
    "and0L3YxIiwib3BlcmF0b3Jfc2VydmljZV91cmxzIjpbIm5hdHM6Ly9sb2NhbGhvc3Q6NDIyMiJdLCJzeXN0ZW1fYWNjb3"
    "Vud"
    "CI6IkFEWjU0N0IyNFdIUExXT0s3VE1MTkJTQTdGUUZYUjZVTTJOWjRISE5JQjdSREZWWlFGT1o0R1FRIn19."
    "3u710KqMLwgXwsMvhxfEp9xzK84XyAZ-4dd6QY0T6hGj8Bw9mS-"
    "HcQ7HbvDDNU01S61tNFfpma_JR6LtB3ixBg";
constexpr const char* go_v1_account =
    "eyJ0eXAiOiJqd3QiLCJhbGciOiJlZDI1NTE5In0."
    "eyJqdGkiOiJPRFhJSVI2Wlg1Q1AzMlFJTFczWFBENEtTSDYzUFNNSEZHUkpaT05DR1RLVVBISlRLQ0JBIiwiaWF0IjoxNT"
    "U2N"
    "jU1Njk0LCJpc3MiOiJPRFdaSjJLQVBGNzZXT1dNUENKRjZCWTRRSVBMVFVJWTRKSUJMVTRLM1lERzNHSElXQlZXQkhVWiI"
    "sIm"
    "5hbWUiOiJBIiwic3ViIjoiQUNTVTNRNkxUTEJWTEdBUVVPTkFHWEpIVk5XR1NLS0FVQTdJWTVUQjRaN1BMRUtTUjVPNkpU"
    "R1I"
    "iLCJ0eXBlIjoiYWNjb3VudCIsIm5hdHMiOnsibGltaXRzIjp7InN1YnMiOi0xLCJjb25uIjotMSwibGVhZiI6LTEsImltc"
    "G9y"
    "dHMiOi0xLCJleHBvcnRzIjotMSwiZGF0YSI6LTEsInBheWxvYWQiOi0xLCJ3aWxkY2FyZHMiOnRydWV9fX0._"
    "WW5C1triCh8a"
    "4jhyBxEZZP8RJ17pINS8qLzz-01o6zbz1uZfTOJGvwSTS6Yv2_849B9iUXSd-8kp1iMXHdoBA";
constexpr const char* go_v1_user =
    "eyJ0eXAiOiJqd3QiLCJhbGciOiJlZDI1NTE5In0."
    "eyJqdGkiOiJNS1Q3TUdYSlFLVTRSNk1GUUg0QUdVR1NWNjJXQ1g1Q1NVQ1ZDTFZYN0ZMNkNITjZWSkFRIiwiaWF0IjoxNj"
    "EzN"
    "TY0NTk1LCJpc3MiOiJBREJKSEdZNEtYSjU1NVJDUEMySE9DTEpTSllIMlBGTVU0WllPR1JFWFBJRzJHRFNWQ1FIWFJWNyI"
    "sIm"
    "5hbWUiOiJ0ZXN0LXBsYXRmb3JtIiwic3ViIjoiVUE3U0U1SEs0TkxSVFRVVkxRM0NDSFMyVDcyNUhUQUNTRTRZSUhFWUpX"
    "T0R"
    "JSlBVQjRUS0NLUjIiLCJ0eXBlIjoidXNlciIsIm5hdHMiOnsicHViIjp7ImFsbG93IjpbInBsYXRmb3Jtcy50ZXN0LXBsY"
    "XRm"
    "b3JtLmhlYWx0aCJdfSwic3ViIjp7ImFsbG93IjpbInBsYXRmb3Jtcy50ZXN0LXBsYXRmb3JtLmdhdGV3YXkiXX0sInJlc3"
    "AiO"
    "nsibWF4IjozMDAsInR0bCI6NjAwMDAwMDAwMDAwfX19.5_"
    "cKm0CIQzRtklrI0UYYrtgrEZzd1rMU5XWWU8kS26ftOeE7HhX-C"
    "ntyVFZbggmBR7cRJ7r-NM1N4TJgS2jVDw";
constexpr const char* go_v2_user =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ."
    "eyJqdGkiOiJLR1NJRVRJTVVJVE4zQ0JJWVdTNklKVzU2TE0yRkpKS1pZVE5ONk5MV0hFRFVIV1VFWDJBIiwiaWF0IjoxNj"
    "AyO"
    "Dk3MDUwLCJpc3MiOiJBQ0NYN0haNzNBNlNFUTdRWEszWlYzSTI1TVVFN1o3SEJMUFZJRFZEV1UzV0pDVDNEWVJXR1dRVyI"
    "sIm"
    "5hbWUiOiJzYW5kYm94ZWQtdXNlciIsInN1YiI6IlVEM1BXTTdFVEQ2UkxDVTNQT0pIQTUzT0lDNTZZUjNNRTRBVFFNTVdJ"
    "SjU"
    "3NlNQQU9IRUhKM1lSIiwibmF0cyI6eyJwdWIiOnsiYWxsb3ciOlsiY2hhdC5yZXEuYWNjZXNzIiwiX0lOQk9YLlx1MDAzZ"
    "SIs"
    "Il9SXyIsIl9SXy5cdTAwM2UiXX0sInN1YiI6eyJhbGxvdyI6WyJfSU5CT1guXHUwMDNlIiwiX1JfIiwiX1JfLlx1MDAzZS"
    "Jdf"
    "Swic3VicyI6LTEsImRhdGEiOi0xLCJwYXlsb2FkIjotMSwidHlwZSI6InVzZXIiLCJ2ZXJzaW9uIjoyfX0."
    "3FhbKg0ZlEnR0H7cZgOgEXVC81_8k1NtxrJtEwufQJVwMgruVbuRzvQim7pXXnpjUyaIX1o97wCz1EngUaFcBQ";
constexpr const char* go_v2_account =
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ."
    "eyJqdGkiOiJERjdQQkI1WDZHUFJLVVVBWE9XQUNMVVozR1ZJSlJVRUpCNUtKRU5GUUE1RFg0T1FGT1BBIiwiaWF0IjoxNz"
    "UwM"
    "jI1NTE2LCJpc3MiOiJPQ1Y1SUlDTUk3NE02MzJHUllGV0RKS0pKTjQ2RlFaNlJEQjZKSVg3N1NVVlBRUlZQTUpQSDZIUiI"
    "sIm"
    "5hbWUiOiJTWVMiLCJzdWIiOiJBQUc3NENHSUMzQkNLRlE0UVFMUzdZVUtTQkZDRVk0QlFFWkNBNEpCVlFBVTVNUU1aM1ZQ"
    "V0t"
    "TNiIsIm5hdHMiOnsibGltaXRzIjp7InN1YnMiOi0xLCJkYXRhIjotMSwicGF5bG9hZCI6LTEsImltcG9ydHMiOi0xLCJle"
    "HBv"
    "cnRzIjotMSwid2lsZGNhcmRzIjp0cnVlLCJjb25uIjotMSwibGVhZiI6LTF9LCJzaWduaW5nX2tleXMiOlsiQUJZMlRQV0"
    "tZV"
    "jVDNk9XUkRIUTNINU5aV0RZSUREM1FGR0VONkhYN0xBNktJNjJRRU5PTzdLR1YiXSwiZGVmYXVsdF9wZXJtaXNzaW9ucyI"
    "6ey"
    "JwdWIiOnt9LCJzdWIiOnt9fSwiYXV0aG9yaXphdGlvbiI6e30sInR5cGUiOiJhY2NvdW50IiwidmVyc2lvbiI6Mn19."
    "41VwG7Sd2AHJ_gooPDBF-YC4hp8yTgnRfWOk7xScvQFdnjE2DJ2LpQf8XReVtnqzxgc8YoTyi3kGzVC7LQGkBg";

TEST(DecodeGoTokens, reads_version_1) {
    const auto op = decode_operator(go_v1_operator);
    ASSERT_TRUE(op) << op.error().text;
    EXPECT_EQ(op->name, "OP");
    EXPECT_EQ(op->version, 1);
    EXPECT_EQ(op->type, "operator");
    EXPECT_EQ(op->account_server_url, "http://localhost:8000/jwt/v1");
    EXPECT_THAT(op->operator_service_urls, testing::ElementsAre("nats://localhost:4222"));
    EXPECT_EQ(op->system_account, "ADZ547B24WHPLWOK7TMLNBSA7FQFXR6UM2NZ4HHNIB7RDFVZQFOZ4GQQ");

    const auto account = decode_account(go_v1_account);
    ASSERT_TRUE(account) << account.error().text;
    EXPECT_EQ(account->limits.conn, -1);
    EXPECT_TRUE(account->limits.wildcards);

    const auto user = decode_user(go_v1_user);
    ASSERT_TRUE(user) << user.error().text;
    EXPECT_EQ(user->limits.subs, -1) << "absent limits of version 1 are unlimited";
    ASSERT_TRUE(user->limits.permissions.resp);
    EXPECT_EQ(user->limits.permissions.resp->max, 300);
    EXPECT_EQ(user->limits.permissions.resp->ttl, 600'000'000'000);
}

TEST(DecodeGoTokens, writes_version_2_back_byte_for_byte) {
    const auto user = decode_user(go_v2_user);
    ASSERT_TRUE(user) << user.error().text;
    EXPECT_EQ(write_payload(*user), payload_of(go_v2_user));
    const auto account = decode_account(go_v2_account);
    ASSERT_TRUE(account) << account.error().text;
    EXPECT_EQ(write_payload(*account), payload_of(go_v2_account));
    EXPECT_EQ(claims_json(go_v2_account).value(), payload_of(go_v2_account));
}

OperatorClaims full_operator() {
    OperatorClaims claims;
    claims.sub = operator_pair().public_key();
    claims.name = "O & <co>";
    claims.exp = now + 100;
    claims.nbf = now - 100;
    claims.signing_keys = {fixed_key(KeyKind::operator_key, 9).public_key()};
    claims.account_server_url = "http://localhost:9090/jwt/v1?a=1&b=2";
    claims.operator_service_urls = {"nats://localhost:4222", "tls://h"};
    claims.system_account = account_pair().public_key();
    claims.assert_server_version = "2.10.0";
    claims.strict_signing_key_usage = true;
    claims.tags = {"a", "b:c"};
    return claims;
}

UserPermissionLimits full_user_limits() {
    UserPermissionLimits limits;
    limits.permissions.pub = {{"a.>", "b"}, {"a.x"}};
    limits.permissions.sub = {{"q.* workers"}, {"q.no"}};
    limits.permissions.resp = ResponsePermission{5, 1'000'000};
    limits.src = {"10.0.0.0/8"};
    limits.times = {{"08:00:00", "17:30:00"}};
    limits.times_location = "Europe/Berlin";
    limits.subs = 10;
    limits.data = 20;
    limits.payload = 30;
    limits.bearer_token = true;
    limits.proxy_required = true;
    limits.allowed_connection_types = {"STANDARD"};
    return limits;
}

AccountClaims full_account() {
    auto claims = make_account_claims(account_pair().public_key());
    claims.name = "A";
    const std::string other = fixed_key(KeyKind::account, 8).public_key();
    claims.imports = {{"n2", "z", other, "tok", "", "loc.$1", ExportType::service, true, false},
                      {"n1", "y.*", other, "", "old", "", ExportType::stream, false, true}};
    Export service;
    service.name = "s";
    service.subject = "svc.*";
    service.type = ExportType::service;
    service.token_req = true;
    service.revocations = {{"*", 5}};
    service.response_type = "Stream";
    service.response_threshold = 7;
    service.service_latency = ServiceLatency{0, "lat"};
    service.account_token_position = 2;
    service.advertise = true;
    service.allow_trace = true;
    service.description = "d";
    service.info_url = "http://h/";
    Export stream;
    stream.subject = "aaa";
    stream.type = ExportType::stream;
    claims.exports = {service, stream};
    claims.limits.tiered_limits = {{"R1", {1, 2, 3, 4, 5, 6, 7, true}}};
    UserScope scope;
    scope.key = fixed_key(KeyKind::account, 7).public_key();
    scope.role = "r";
    scope.template_limits = full_user_limits();
    scope.description = "text";
    claims.signing_keys = {{other, std::nullopt}, {scope.key, scope}};
    claims.revocations = {{"*", 1}, {user_pair().public_key(), 2}};
    claims.default_permissions.pub.allow = {"x"};
    claims.mappings = {{"m", {{"m1", 60, ""}, {"m2", 40, "east"}}}};
    claims.authorization = {{user_pair().public_key()}, {"*"}, "X"};
    claims.trace = MsgTrace{"trace.me", 50};
    claims.cluster_traffic = "owner";
    claims.description = "desc";
    claims.info_url = "https://x/";
    return claims;
}

// Encoding sorts imports and exports. Nothing else may be lost or changed.
template <class Claims, class Decode>
void expect_round_trip(const Claims& claims, const KeyPair& issuer, Decode decode) {
    const auto token = encode(claims, issuer, now);
    ASSERT_TRUE(token) << token.error().text;
    const auto once = decode(*token);
    ASSERT_TRUE(once) << once.error().text;
    EXPECT_EQ(once->iss, issuer.public_key());
    EXPECT_EQ(once->iat, now);
    EXPECT_EQ(once->jti.size(), 52U);
    EXPECT_EQ(write_payload(*once), payload_of(*token));
    EXPECT_EQ(encode(*once, issuer, now).value(), *token) << "jti included";
}

TEST(Encode, gives_tokens_that_decode_to_the_same_claims) {
    expect_round_trip(full_operator(), operator_pair(), decode_operator);
    expect_round_trip(full_account(), operator_pair(), decode_account);
    auto jetstream = full_account();
    jetstream.limits.tiered_limits.clear();
    jetstream.limits.jetstream = {1, 2, 3, 4, 5, 6, 7, true};
    expect_round_trip(jetstream, operator_pair(), decode_account);
    expect_round_trip(make_user_claims(user_pair().public_key()), account_pair(), decode_user);
    UserClaims user;
    user.sub = user_pair().public_key();
    user.limits = full_user_limits();
    user.issuer_account = account_pair().public_key();
    expect_round_trip(user, fixed_key(KeyKind::account, 4), decode_user);
    ActivationClaims activation;
    activation.sub = account_pair().public_key();
    activation.import_subject = "a.>";
    activation.import_type = ExportType::stream;
    activation.issuer_account = fixed_key(KeyKind::account, 5).public_key();
    expect_round_trip(activation, fixed_key(KeyKind::account, 6), decode_activation);
}

TEST(Encode, writes_members_in_the_order_of_the_go_library) {
    const auto token = encode(full_account(), operator_pair(), now).value();
    const std::string json = payload_of(token);
    const char* const order[] = {"\"jti\"",
                                 "\"iat\"",
                                 "\"iss\"",
                                 "\"name\"",
                                 "\"sub\"",
                                 "\"nats\"",
                                 "\"imports\"",
                                 "\"y.*\"",
                                 "\"local_subject\"",
                                 "\"share\"",
                                 "\"exports\"",
                                 "\"aaa\"",
                                 "\"svc.*\"",
                                 "\"token_req\"",
                                 "\"response_type\"",
                                 "\"response_threshold\"",
                                 "\"service_latency\"",
                                 "\"headers\"",
                                 "\"account_token_position\"",
                                 "\"advertise\"",
                                 "\"info_url\"",
                                 "\"limits\"",
                                 "\"subs\"",
                                 "\"data\"",
                                 "\"payload\"",
                                 "\"imports\":-1",
                                 "\"wildcards\"",
                                 "\"conn\"",

                                 "\"tiered_limits\"",
                                 "\"R1\"",
                                 "\"mem_storage\"",
                                 "\"signing_keys\"",
                                 "\"user_scope\"",
                                 "\"template\"",
                                 "\"revocations\"",
                                 "\"default_permissions\"",
                                 "\"mappings\"",
                                 "\"authorization\"",
                                 "\"trace\"",
                                 "\"cluster_traffic\"",
                                 "\"description\"",
                                 "\"info_url\"",
                                 "\"type\":\"account\"",
                                 "\"version\":2"};
    size_t at = 0;
    for (const char* member : order) {
        const size_t found = json.find(member, at);
        ASSERT_NE(found, std::string::npos) << member << " after " << json.substr(at, 80);
        at = found;
    }
}

TEST(Encode, escapes_as_go_does) {
    const auto token = encode(full_operator(), operator_pair(), now).value();
    EXPECT_NE(payload_of(token).find(R"("name":"O \u0026 \u003cco\u003e")"), std::string::npos);
    EXPECT_NE(payload_of(token).find(R"("http://localhost:9090/jwt/v1?a=1\u0026b=2")"),
              std::string::npos);
}

TEST(Encode, writes_a_small_user_exactly_as_go_does) {
    auto claims = make_user_claims(user_pair().public_key());
    claims.name = "bob";
    const std::string json = payload_of(encode(claims, account_pair(), now).value());
    const size_t jti = json.find("\"jti\":\"") + 7;
    EXPECT_EQ(json.substr(0, jti) + json.substr(jti + 52),
              R"({"jti":"","iat":1700000000,"iss":")" + account_pair().public_key() +
                  R"(","name":"bob","sub":")" + user_pair().public_key() +
                  R"(","nats":{"pub":{},"sub":{},"subs":-1,"data":-1,"payload":-1,)"
                  R"("type":"user","version":2}})");
}

TEST(Encode, refuses_issuers_and_subjects_of_the_wrong_kind) {
    const auto user = make_user_claims(user_pair().public_key());
    EXPECT_EQ(encode(user, operator_pair(), now).error().text,
              "unable to validate expected prefixes - [account]");
    EXPECT_FALSE(encode(user, user_pair(), now));
    EXPECT_FALSE(encode(make_user_claims(account_pair().public_key()), account_pair(), now));
    EXPECT_FALSE(encode(make_user_claims(""), account_pair(), now));
    EXPECT_FALSE(encode(full_account(), user_pair(), now));
    EXPECT_FALSE(encode(full_operator(), account_pair(), now));
    GenericClaims generic;
    generic.sub = "x";
    EXPECT_FALSE(encode(generic, KeyPair::generate(KeyKind::curve), now));
}

TEST(Generic, carries_any_members_and_reads_every_type) {
    GenericClaims claims;
    claims.sub = claims.name = operator_pair().public_key();
    claims.nats =
        parse_json_object(R"({"accounts":["A1","A2"],"n":1.5,"deep":{"x":[1,null,true]}})").value();
    const auto token = encode(claims, operator_pair(), now).value();
    const auto back = decode_generic(token);
    ASSERT_TRUE(back) << back.error().text;
    EXPECT_THAT(json_strings(back->nats, "accounts").value(), testing::ElementsAre("A1", "A2"));
    EXPECT_NE(
        payload_of(token).find(
            R"("nats":{"accounts":["A1","A2"],"deep":{"x":[1,null,true]},"n":1.5,"version":2})"),
        std::string::npos)
        << payload_of(token);
    EXPECT_TRUE(decode_generic(go_v1_user)) << "the header tells the version";
    EXPECT_TRUE(decode_generic(go_v2_account));
}

TEST(ClaimType, is_told_for_both_versions) {
    EXPECT_EQ(claim_type(go_v1_user).value(), "user");
    EXPECT_EQ(claim_type(go_v2_account).value(), "account");
    EXPECT_EQ(claim_type(sign_v2(R"({"iss":"x","nats":{"type":"mine"}})", account_pair())).value(),
              "mine");
}

TEST(DecodeUser, takes_absent_limits_of_version_2_for_none) {
    const std::string payload = R"({"iss":")" + account_pair().public_key() + R"(","sub":")" +
                                user_pair().public_key() +
                                R"(","nats":{"type":"user","version":2}})";
    const auto user = decode_user(sign_v2(payload, account_pair()));
    ASSERT_TRUE(user) << user.error().text;
    EXPECT_EQ(user->limits.subs, 0);
    EXPECT_EQ(user->limits.payload, 0);
}

TEST(DecodeUser, takes_source_networks_as_list_or_as_text) {
    const std::string head = R"({"iss":")" + account_pair().public_key() +
                             R"(","nats":{"type":"user","version":2,"src":)";
    const auto text =
        decode_user(sign_v2(head + R"(" 10.0.0.0/8,, FE80::/10"}})", account_pair())).value();
    EXPECT_THAT(text.limits.src, testing::ElementsAre("10.0.0.0/8", "fe80::/10"));
    const auto list = decode_user(sign_v2(head + R"(["10.0.0.0/8"]}})", account_pair())).value();
    EXPECT_THAT(list.limits.src, testing::ElementsAre("10.0.0.0/8"));
}

TEST(DecodeAccount, takes_absent_limits_for_none_in_version_1_too) {
    const std::string payload =
        R"({"iss":")" + operator_pair().public_key() + R"(","type":"account","nats":{}})";
    const auto account = decode_account(sign_v1(payload, operator_pair()));
    ASSERT_TRUE(account) << account.error().text;
    EXPECT_EQ(account->limits, AccountLimits{});
}

TEST(DecodeAccount, gives_the_limits_that_a_scope_leaves_out_as_unlimited) {
    const std::string payload =
        R"({"iss":")" + operator_pair().public_key() +
        R"(","nats":{"type":"account","version":2,"signing_keys":[{"kind":"user_scope","key":"AX",)"
        R"("template":{"subs":3}}]}})";
    const auto account = decode_account(sign_v2(payload, operator_pair()));
    ASSERT_TRUE(account) << account.error().text;
    const auto& scope = account->signing_keys.at("AX");
    ASSERT_TRUE(scope);
    EXPECT_EQ(scope->template_limits.subs, 3);
    EXPECT_EQ(scope->template_limits.payload, -1);
}

TEST(ActivationHash, cuts_the_subject_at_its_first_wildcard) {
    ActivationClaims claims;
    claims.iss = "I";
    claims.sub = "S";
    claims.import_subject = "foo.*.bar";
    const std::string hash = activation_hash(claims);
    EXPECT_EQ(hash.size(), 56U);
    EXPECT_EQ(hash.substr(52), "====");
    claims.import_subject = "foo";
    EXPECT_EQ(activation_hash(claims), hash);
    claims.import_subject = "foo.>";
    EXPECT_EQ(activation_hash(claims), hash);
    claims.import_subject = "*.bar";
    const std::string any = activation_hash(claims);
    EXPECT_NE(any, hash);
    claims.import_subject = "_";
    EXPECT_EQ(activation_hash(claims), any);
}

}  // namespace
}  // namespace midge
