// Decodes tokens of every type. The input is a token, or, after a first byte of 1 to 5, a payload
// that is wrapped into a token with a valid signature. Without this, no input would get past the
// signature.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/creds.h"
#include "auth/generic_claims.h"
#include "auth/jwt.h"
#include "auth/validate.h"
#include "base/encoding.h"

namespace {

using namespace midge;

constexpr int64_t now = 1'700'000'000;

const KeyPair& issuer(int kind) {
    static const KeyPair account = KeyPair::generate(KeyKind::account);
    static const KeyPair op = KeyPair::generate(KeyKind::operator_key);
    return kind == 1 ? op : account;
}

void require(bool held) {
    if (!held) std::abort();
}

// A token that can be decoded must be encoded and decoded again to the same claims.
template <class Claims, class Decode>
void check(const Result<Claims>& claims, const KeyPair& key, Decode decode) {
    if (!claims) {
        require(!claims.error().text.empty());
        return;
    }
    (void)validate(*claims, now);
    const auto token = encode(*claims, key, now);
    if (!token) return;
    const auto again = decode(*token);
    require(again.has_value());
    require(encode(*again, key, now).value() == *token);
}

void decode_all(std::string_view token, const KeyPair& key) {
    check(decode_operator(token), key, decode_operator);
    check(decode_account(token), key, decode_account);
    check(decode_user(token), key, decode_user);
    check(decode_activation(token), key, decode_activation);
    (void)decode_generic(token);
    (void)claim_type(token);
    (void)claims_json(token);
}

// Adds the issuer to the payload; a payload with another issuer cannot be decoded.
std::string wrap(std::string_view payload, const KeyPair& key, bool v1) {
    std::string text(payload);
    if (text.starts_with("{")) text.insert(1, "\"iss\":\"" + key.public_key() + "\",");
    const std::string header = base64url_encode(v1 ? R"({"typ":"jwt","alg":"ed25519"})"
                                                   : R"({"typ":"JWT","alg":"ed25519-nkey"})");
    const std::string chunk = base64url_encode(text);
    const std::string whole = header + '.' + chunk;
    return whole + '.' + base64url_encode(key.sign(v1 ? chunk : whole));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    constexpr int kinds = 4;
    if (input.empty() || static_cast<uint8_t>(input[0]) > kinds || input[0] == 0) {
        decode_all(input, issuer(0));
        (void)parse_creds(input);
        (void)parse_jwt_text(input);
        (void)parse_seed_text(input);
        return 0;
    }
    const int kind = input[0];
    const KeyPair& key = issuer(kind % 2);
    decode_all(wrap(input.substr(1), key, kind > 2), key);
    return 0;
}
