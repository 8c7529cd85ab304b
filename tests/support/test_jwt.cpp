#include "support/test_jwt.h"

#include <sodium.h>

#include <sstream>
#include <string_view>

#include "base/encoding.h"

namespace midge::test {
namespace {

constexpr const char* account_defaults = R"({
    "limits": {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1,
               "wildcards": true, "conn": -1, "leaf": -1},
    "default_permissions": {"pub": {}, "sub": {}}})";
constexpr const char* user_defaults =
    R"({"pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1})";

Result<JsonObject> new_claims(const TestKey& subject, const TestKey& signer, JwtForm form,
                              int64_t now) {
    const std::string& kind = subject.kind();
    const char* defaults = kind == "account" ? account_defaults
                           : kind == "user"  ? user_defaults
                                             : "{}";
    auto nats = parse_json_object(defaults);
    if (!nats) return pass(nats);
    JsonObject claims = new Poco::JSON::Object;
    claims->set("iat", now);
    claims->set("iss", signer.public_key());
    claims->set("name", kind);
    claims->set("sub", subject.public_key());
    if (form == JwtForm::v1) {
        claims->set("type", kind);
    } else {
        (*nats)->set("type", kind);
        (*nats)->set("version", 2);
    }
    claims->set("nats", *nats);
    return claims;
}

// Applies `changes` to `target`.
void merge(JsonObject target, const JsonObject& changes) {
    for (const auto& [key, value] : *changes) {
        if (value.isEmpty()) {
            target->remove(key);
        } else if (value.type() == typeid(JsonObject) && target->isObject(key)) {
            merge(target->getObject(key), value.extract<JsonObject>());
        } else {
            target->set(key, value);
        }
    }
}

std::string text_of(const JsonObject& object) {
    std::ostringstream out;
    object->stringify(out);
    return std::move(out).str();
}

std::string sha256(std::string_view text) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(hash.data()),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return hash;
}

}  // namespace

Result<std::string> mint_jwt(const TestKey& subject, const TestKey& signer,
                             const JsonObject& changes, JwtForm form, int64_t now) {
    auto claims = new_claims(subject, signer, form, now);
    if (!claims) return pass(claims);
    merge(*claims, changes);
    (*claims)->set("jti", base32_encode(sha256(text_of(*claims))));

    const std::string header =
        base64url_encode(form == JwtForm::v1 ? R"({"typ":"JWT","alg":"ed25519"})"
                                             : R"({"typ":"JWT","alg":"ed25519-nkey"})");
    const std::string payload = base64url_encode(text_of(*claims));
    const std::string signature =
        signer.sign(form == JwtForm::v1 ? payload : header + "." + payload);
    return header + "." + payload + "." + base64url_encode(signature);
}

}  // namespace midge::test
