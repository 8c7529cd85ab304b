#include "unit/auth/bad_logins.h"

#include <fmt/chrono.h>
#include <gtest/gtest.h>

namespace midge::test {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

std::string user_token_of(const LoginWorld& w) {
    return encode(w.user_claims, *w.user_issuer, w.now - 40).value();
}

// Changes the payload of the user's token, and signs it correctly.
void change_payload(LoginWorld& w, std::string_view from, std::string_view to) {
    w.user_token = sign_v2(replaced(payload_of(user_token_of(w)), from, to), *w.user_issuer);
}

std::string utc_time(int64_t seconds) {
    return fmt::format("{:%H:%M:%S}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

// Returns a minimal payload of the user, with these members in `nats`.
std::string user_payload(const LoginWorld& w, const std::string& nats) {
    return R"({"iat":1,"iss":")" + w.account_key.public_key() + R"(","sub":")" +
           w.user_key.public_key() + R"(","nats":{"type":"user","version":2)" + nats + "}}";
}

const std::vector<BadLogin> tokens = {
    {"one_chunk", "expected 3 chunks", [](LoginWorld& w) { w.user_token = "eyJhbGciOiJub25lIn0"; }},
    {"four_chunks", "expected 3 chunks",
     [](LoginWorld& w) { w.user_token = user_token_of(w) + ".x"; }},
    {"token_over_a_mebibyte", "token too large",
     [](LoginWorld& w) { w.user_token = user_token_of(w) + std::string(token_bytes_max, 'A'); }},
    {"header_not_base64", "token header is not base64url",
     [](LoginWorld& w) { w.user_token = "!!!" + user_token_of(w); }},
    {"header_not_json", "token header: invalid JSON",
     [](LoginWorld& w) {
         w.user_token = sign_v2(payload_of(user_token_of(w)), w.account_key, "{");
     }},
    {"header_alg_none", "unexpected \"none\" algorithm",
     [](LoginWorld& w) {
         w.user_token =
             sign_v2(payload_of(user_token_of(w)), w.account_key, R"({"typ":"JWT","alg":"none"})");
     }},
    {"header_alg_hs256", "unexpected \"HS256\" algorithm",
     [](LoginWorld& w) {
         w.user_token =
             sign_v2(payload_of(user_token_of(w)), w.account_key, R"({"typ":"JWT","alg":"HS256"})");
     }},
    {"header_type_wrong", "not supported type \"JWS\"",
     [](LoginWorld& w) {
         w.user_token = sign_v2(payload_of(user_token_of(w)), w.account_key,
                                R"({"typ":"JWS","alg":"ed25519-nkey"})");
     }},
    {"header_twice_the_same_member", "same member twice",
     [](LoginWorld& w) {
         w.user_token = sign_v2(payload_of(user_token_of(w)), w.account_key,
                                R"({"typ":"JWT","alg":"ed25519-nkey","alg":"none"})");
     }},
    {"header_huge", "token header is too long",
     [](LoginWorld& w) {
         w.user_token = sign_v2(payload_of(user_token_of(w)), w.account_key,
                                R"({"typ":"JWT","x":")" + std::string(2000, 'x') + "\"}");
     }},
    {"payload_in_standard_base64", "token payload is not base64url",
     [](LoginWorld& w) {
         const std::string token = user_token_of(w);
         w.user_token = replaced(token, ".", ".Pz8_+").substr(0, token.size());
     }},
    {"payload_with_garbage_after_it", "Excess characters",
     [](LoginWorld& w) {
         w.user_token = sign_v2(payload_of(user_token_of(w)) + "x", w.account_key);
     }},
    {"payload_an_array", "JSON is not an object",
     [](LoginWorld& w) { w.user_token = sign_v2("[1]", w.account_key); }},
    {"payload_nested_too_deep", "depth",
     [](LoginWorld& w) {
         const std::string deep = R"(,"x":)" + std::string(500, '[') + std::string(500, ']');
         w.user_token = sign_v2(user_payload(w, deep), w.account_key);
     }},
    {"payload_not_a_number", "unexpected byte 'N'",
     [](LoginWorld& w) { change_payload(w, "\"subs\":-1", "\"subs\":NaN"); }},
    {"payload_not_utf8", "invalid JSON: invalid UTF-8",
     [](LoginWorld& w) { change_payload(w, "bob", "\xC0\xAF"); }},
    {"iss_twice", "an object has the same member twice",
     [](LoginWorld& w) { change_payload(w, "{\"jti\"", "{\"iss\":\"x\",\"jti\""); }},
    {"sub_twice_in_different_case", "\"sub\" appears twice",
     [](LoginWorld& w) {
         change_payload(w, "\"sub\":", "\"Sub\":\"" + w.stranger_user.public_key() + "\",\"sub\":");
     }},
    {"name_with_nul", "\"name\" holds a NUL",
     [](LoginWorld& w) { change_payload(w, "bob", "b\\u0000b"); }},
    {"number_too_large", "\"nats.payload\" should be a 64-bit integer",
     [](LoginWorld& w) { change_payload(w, "\"payload\":-1", "\"payload\":9223372036854775808"); }},
    // The JSON reader or the claims reader refuses these two, depending on the version of POCO.
    {"number_that_would_wrap_around", "integer",
     [](LoginWorld& w) { change_payload(w, "{\"jti\"", "{\"exp\":18446744073709551616,\"jti\""); }},
    {"number_too_small", "integer",
     [](LoginWorld& w) { change_payload(w, "{\"jti\"", "{\"exp\":-9223372036854775809,\"jti\""); }},
    {"number_with_fraction", "\"nats.subs\" should be a 64-bit integer",
     [](LoginWorld& w) { change_payload(w, "\"subs\":-1", "\"subs\":1.5"); }},
    {"number_beyond_all", "Not a valid unsigned integer",
     [](LoginWorld& w) { change_payload(w, "\"subs\":-1", "\"subs\":" + std::string(400, '9')); }},
    {"permissions_not_a_list", "\"nats.pub.allow\" should be an array of strings",
     [](LoginWorld& w) { change_payload(w, "\"pub\":{}", R"("pub":{"allow":"a"})"); }},
    {"type_not_a_string", "\"type\" should be a string",
     [](LoginWorld& w) { change_payload(w, "\"nats\":", "\"type\":7,\"nats\":"); }},
    {"version_3", "JWT was generated by a newer version",
     [](LoginWorld& w) { change_payload(w, "\"version\":2", "\"version\":3"); }},
    {"version_missing", "library supports version 2 or less - received 0",
     [](LoginWorld& w) { change_payload(w, ",\"version\":2", ""); }},
    {"version_negative", "received -1",
     [](LoginWorld& w) { change_payload(w, "\"version\":2", "\"version\":-1"); }},
    {"account_token_as_user", "not user claim",
     [](LoginWorld& w) { w.user_token = encode(w.account_claims, w.operator_key, w.now).value(); }},
    {"server_claims", "ServerClaims are not supported",
     [](LoginWorld& w) { change_payload(w, "\"type\":\"user\"", "\"type\":\"server\""); }},
    {"cluster_claims", "ClusterClaims are not supported",
     [](LoginWorld& w) { change_payload(w, "\"type\":\"user\"", "\"type\":\"cluster\""); }},
    {"payload_changed_after_signing", "claim failed V2 signature verification",
     [](LoginWorld& w) {
         const std::string token = user_token_of(w);
         const std::string payload = replaced(payload_of(token), "bob", "eve");
         w.user_token = token.substr(0, token.find('.') + 1) + base64url_encode(payload) +
                        token.substr(token.rfind('.'));
     }},
    {"v2_claims_with_v1_signature", "claim failed V2 signature verification",
     [](LoginWorld& w) { w.user_token = sign_v1(payload_of(user_token_of(w)), w.account_key); }},
    {"v1_claims_with_v2_signature", "claim failed V1 signature verification",
     [](LoginWorld& w) {
         w.user_token = sign_v2(R"({"iss":")" + w.account_key.public_key() + R"(","sub":")" +
                                    w.user_key.public_key() + R"(","type":"user","nats":{}})",
                                w.account_key);
     }},
    {"issuer_key_truncated", "signature verification",
     [](LoginWorld& w) {
         change_payload(w, w.account_key.public_key(), w.account_key.public_key().substr(0, 40));
     }},
    {"issuer_key_with_bad_checksum", "signature verification",
     [](LoginWorld& w) {
         std::string key = w.account_key.public_key();
         key.back() = key.back() == 'A' ? 'B' : 'A';
         change_payload(w, w.account_key.public_key(), key);
     }},
    {"issuer_missing", "signature verification",
     [](LoginWorld& w) {
         change_payload(w, R"("iss":")" + w.account_key.public_key() + "\",", "");
     }},
    {"signature_of_another_token", "signature verification",
     [](LoginWorld& w) {
         const std::string token = user_token_of(w);
         w.user_claims.name = "eve";
         const std::string other = user_token_of(w);
         w.user_token = token.substr(0, token.rfind('.')) + other.substr(other.rfind('.'));
     }},
    {"signature_empty", "signature verification",
     [](LoginWorld& w) {
         const std::string token = user_token_of(w);
         w.user_token = token.substr(0, token.rfind('.') + 1);
     }},
    {"issued_by_a_user", "unable to validate expected prefixes - [account]",
     [](LoginWorld& w) {
         w.user_token = sign_v2(replaced(payload_of(user_token_of(w)), w.account_key.public_key(),
                                         w.user_key.public_key()),
                                w.user_key);
     }},
    {"issued_by_the_operator", "unable to validate expected prefixes - [account]",
     [](LoginWorld& w) {
         w.user_token = sign_v2(replaced(payload_of(user_token_of(w)), w.account_key.public_key(),
                                         w.operator_key.public_key()),
                                w.operator_key);
     }},
    {"user_expired", "claim is expired", [](LoginWorld& w) { w.user_claims.exp = w.now - 1; }},
    {"user_not_yet_valid", "claim is not yet valid",
     [](LoginWorld& w) { w.user_claims.nbf = w.now + 60; }},
    {"user_key_truncated", "subject is not a user public key",
     [](LoginWorld& w) {
         change_payload(w, w.user_key.public_key(), w.user_key.public_key().substr(0, 55));
     }},
    {"user_key_of_an_account", "subject is not a user public key",
     [](LoginWorld& w) {
         change_payload(w, w.user_key.public_key(), w.account_signer.public_key());
     }},
    {"issuer_account_not_an_account", "account_id is not an account public key",
     [](LoginWorld& w) { w.user_claims.issuer_account = w.user_key.public_key(); }},
    {"source_network_invalid", "invalid cidr \"10.0.0.0/33\"",
     [](LoginWorld& w) { w.user_claims.limits.src = {"10.0.0.0/33"}; }},
    {"source_network_octal", "invalid cidr \"010.0.0.0/8\"",
     [](LoginWorld& w) { w.user_claims.limits.src = {"010.0.0.0/8"}; }},
    {"time_invalid", "start in time range is invalid \"25:00:00\"",
     [](LoginWorld& w) {
         w.user_claims.limits.times = {{"25:00:00", "26:00:00"}};
     }},
    {"time_zone_outside_the_database", "time zone \"../../../etc/passwd\" is not known",
     [](LoginWorld& w) { w.user_claims.limits.times_location = "../../../etc/passwd"; }},
    {"permission_of_white_space", "subject cannot be empty",
     [](LoginWorld& w) { w.user_claims.limits.permissions.pub.deny = {" "}; }},
    {"permission_to_publish_with_queue", "must not name a queue",
     [](LoginWorld& w) { w.user_claims.limits.permissions.pub.allow = {"a q"}; }},
};

const std::vector<BadLogin> decisions = {
    {"account_not_pinned", "not listed as operator pinned account",
     [](LoginWorld& w) { w.pinned = {w.stranger_account.public_key()}; }},
    {"account_of_another_key", "account JWT is of",
     [](LoginWorld& w) {
         w.account_token =
             encode(make_account_claims(w.stranger_account.public_key()), w.operator_key, w.now)
                 .value();
     }},
    {"operator_unknown", "is not a trusted operator",
     [](LoginWorld& w) { w.account_issuer = &w.stranger_operator; }},
    {"account_signed_by_account_key", "is not a trusted operator",
     [](LoginWorld& w) { w.account_issuer = &w.account_key; }},
    {"operator_strict", "is not a trusted operator",
     [](LoginWorld& w) { w.operator_claims.strict_signing_key_usage = true; }},
    {"strict_and_user_of_the_account_key", "the operator requires signing keys",
     [](LoginWorld& w) {
         w.operator_claims.strict_signing_key_usage = true;
         w.account_issuer = &w.operator_signer;
     }},
    {"account_expired", "account JWT is expired",
     [](LoginWorld& w) { w.account_claims.exp = w.now - 1; }},
    {"account_not_yet_valid", "account JWT is not yet valid",
     [](LoginWorld& w) { w.account_claims.nbf = w.now + 60; }},
    {"account_token_forged", "claim failed V2 signature verification",
     [](LoginWorld& w) {
         const std::string token = encode(w.account_claims, w.operator_key, w.now).value();
         const std::string forged = encode(w.account_claims, w.stranger_operator, w.now).value();
         w.account_token = token.substr(0, token.rfind('.')) + forged.substr(forged.rfind('.'));
     }},
    {"account_token_is_a_user", "not account claim",
     [](LoginWorld& w) { w.account_token = user_token_of(w); }},
    {"account_scope_of_an_unknown_kind", "unknown signing key scope",
     [](LoginWorld& w) {
         const std::string token = encode(w.account_claims, w.operator_key, w.now).value();
         w.account_token =
             sign_v2(replaced(payload_of(token), "user_scope", "new_scope"), w.operator_key);
     }},
    {"issuer_not_of_the_account", "user JWT issuer is not known",
     [](LoginWorld& w) {
         w.user_issuer = &w.stranger_account;
         w.user_claims.issuer_account = w.account_key.public_key();
     }},
    {"signing_key_without_issuer_account", "account JWT is of",
     [](LoginWorld& w) { w.user_issuer = &w.account_signer; }},
    {"signing_key_removed", "user JWT issuer is not known",
     [](LoginWorld& w) {
         w.user_issuer = &w.account_signer;
         w.user_claims.issuer_account = w.account_key.public_key();
         w.account_claims.signing_keys.erase(w.account_signer.public_key());
     }},
    {"scoped_user_with_permissions", "scoped users require no permissions or limits set",
     [](LoginWorld& w) {
         w.use_scope();
         w.user_claims.limits.permissions.pub.allow = {">"};
     }},
    {"scoped_user_with_unlimited_subs", "scoped users require no permissions or limits set",
     [](LoginWorld& w) {
         w.use_scope();
         w.user_claims.limits.subs = no_limit;
     }},
    {"scoped_user_as_bearer", "scoped users require no permissions or limits set",
     [](LoginWorld& w) {
         w.use_scope();
         w.user_claims.limits.bearer_token = true;
     }},
    {"scoped_user_in_version_1", "scoped users require no permissions or limits set",
     [](LoginWorld& w) {
         w.user_token =
             sign_v1(R"({"iat":1,"iss":")" + w.scoped_signer.public_key() + R"(","sub":")" +
                         w.user_key.public_key() + R"(","type":"user","issuer_account":")" +
                         w.account_key.public_key() + R"(","nats":{}})",
                     w.scoped_signer);
     }},
    {"scope_with_unknown_function", "template operation \"root()\" is not defined",
     [](LoginWorld& w) {
         w.use_scope();
         w.scope().template_limits.permissions.pub.allow = {"a.{{root()}}"};
     }},
    {"scope_with_unclosed_function", "has no end",
     [](LoginWorld& w) {
         w.use_scope();
         w.scope().template_limits.permissions.pub.deny = {"a.{{name("};
     }},
    {"scope_denies_by_a_missing_tag", "generated invalid subject",
     [](LoginWorld& w) {
         w.use_scope();
         w.scope().template_limits.permissions.sub.deny = {"a.{{tag(team)}}"};
     }},
    {"scope_denies_by_a_name_with_blank", "generated invalid subject",
     [](LoginWorld& w) {
         w.use_scope();
         w.user_claims.name = "a b";
         w.scope().template_limits.permissions.sub.deny = {"a.{{name()}}"};
     }},
    {"scope_expands_to_too_much", "template expansion exceeds limit: 4096",
     [](LoginWorld& w) {
         w.use_scope();
         for (int i = 0; i < 70; ++i) w.user_claims.tags.push_back("t:" + std::to_string(i));
         w.scope().template_limits.permissions.sub.allow = {"{{tag(t)}}.{{tag(t)}}"};
     }},
    {"bearer_disallowed", "account disallows bearer tokens",
     [](LoginWorld& w) {
         w.user_claims.limits.bearer_token = true;
         w.account_claims.limits.disallow_bearer = true;
     }},
    {"nonce_not_signed", "the nonce was not signed", [](LoginWorld& w) { w.signature = "-"; }},
    {"nonce_signed_by_another_key", "the signature does not fit the nonce",
     [](LoginWorld& w) { w.signature = w.sign_nonce(w.stranger_user); }},
    {"nonce_signed_by_the_account", "the signature does not fit the nonce",
     [](LoginWorld& w) { w.signature = w.sign_nonce(w.account_key); }},
    {"nonce_of_another_connection", "the signature does not fit the nonce",
     [](LoginWorld& w) {
         w.signature = w.sign_nonce(w.user_key);
         w.nonce = "another nonce..";
     }},
    {"nonce_empty", "the signature does not fit the nonce", [](LoginWorld& w) { w.nonce = ""; }},
    {"signature_not_base64", "the signature is not base64",
     [](LoginWorld& w) { w.signature = "%%%"; }},
    {"signature_truncated", "the signature does not fit the nonce",
     [](LoginWorld& w) { w.signature = base64url_encode(w.user_key.sign(w.nonce).substr(0, 63)); }},
    {"proxy_required", "proxy connection required",
     [](LoginWorld& w) { w.user_claims.limits.proxy_required = true; }},
    {"connection_type_wrong", "connection type STANDARD is not allowed",
     [](LoginWorld& w) {
         w.user_claims.limits.allowed_connection_types = {"WEBSOCKET", "mqtt"};
     }},
    {"connection_types_all_unknown", "none of the allowed connection types is known",
     [](LoginWorld& w) { w.user_claims.limits.allowed_connection_types = {"TELEPATHY"}; }},
    {"revoked_by_key", "user is revoked",
     [](LoginWorld& w) { w.account_claims.revocations[w.user_key.public_key()] = w.now - 40; }},
    {"revoked_by_star", "user is revoked",
     [](LoginWorld& w) { w.account_claims.revocations["*"] = w.now; }},
    {"revoked_and_issued_at_no_time", "user is revoked",
     [](LoginWorld& w) {
         w.account_claims.revocations["*"] = 0;
         w.user_token = sign_v2(replaced(user_payload(w, ""), "\"iat\":1,", ""), w.account_key);
     }},
    {"source_wrong", "client address is outside",
     [](LoginWorld& w) {
         w.user_claims.limits.src = {"10.0.0.0/8", "::/0"};
     }},
    {"source_unknown", "client address is outside",
     [](LoginWorld& w) {
         w.client_ip = "";
         w.user_claims.limits.src = {"0.0.0.0/0"};
     }},
    {"outside_of_times", "outside the allowed times",
     [](LoginWorld& w) {
         // The second after the end of a range is outside the range.
         w.user_claims.limits.times = {{utc_time(w.now - 8 * 3600), utc_time(w.now)},
                                       {utc_time(w.now + 600), utc_time(w.now + 3600)}};
         w.user_claims.limits.times_location = "UTC";
     }},
};

}  // namespace

const std::vector<BadLogin>& bad_tokens() {
    return tokens;
}
const std::vector<BadLogin>& bad_decisions() {
    return decisions;
}

}  // namespace midge::test
