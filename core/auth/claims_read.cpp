// JSON to claims: operator, user, activation and generic claims, and parts that all types share.
// Accounts are in a file of their own.
#include "auth/claims_json.h"
#include "auth/claims_read_parts.h"
#include "base/text.h"

namespace midge {

void read_standard(ObjectReader& payload, StandardClaims& claims) {
    claims.aud = payload.text("aud");
    claims.exp = payload.number("exp");
    claims.jti = payload.text("jti");
    claims.iat = payload.number("iat");
    claims.iss = payload.text("iss");
    claims.name = payload.text("name");
    claims.nbf = payload.number("nbf");
    claims.sub = payload.text("sub");
}

void read_common(ObjectReader& payload, ObjectReader& nats, int version, CommonClaims& claims) {
    ObjectReader& source = version == 1 ? payload : nats;
    claims.tags = source.texts("tags");
    claims.type = source.text("type");
    claims.version = version;
}

SubjectPermission read_subject_permission(ObjectReader object) {
    return {object.texts("allow"), object.texts("deny")};
}

PermissionClaims read_permissions(ObjectReader& object) {
    PermissionClaims out{read_subject_permission(object.object("pub")),
                         read_subject_permission(object.object("sub")), std::nullopt};
    if (auto resp = object.object("resp"); resp.present()) {
        out.resp = ResponsePermission{resp.number("max"), resp.number("ttl")};
    }
    return out;
}

namespace {

// Reads an array of CIDRs, or one text with commas between them.
std::vector<std::string> read_sources(ObjectReader& object) {
    const auto value = object.any("src");
    if (!value.isString()) return object.texts("src");
    std::vector<std::string> out;
    const std::string list = to_lower_ascii(object.text("src"));
    for (const std::string_view part : split(list, ',')) {
        if (const auto cidr = trim(part); !cidr.empty()) out.emplace_back(cidr);
    }
    return out;
}

}  // namespace

UserPermissionLimits read_user_limits(ObjectReader& object, int64_t absent_limit) {
    UserPermissionLimits out;
    out.permissions = read_permissions(object);
    out.src = read_sources(object);
    for (auto& range : object.objects("times")) {
        out.times.push_back({range.text("start"), range.text("end")});
    }
    out.times_location = object.text("times_location");
    out.subs = object.number("subs", absent_limit);
    out.data = object.number("data", absent_limit);
    out.payload = object.number("payload", absent_limit);
    out.bearer_token = object.flag("bearer_token");
    out.proxy_required = object.flag("proxy_required");
    out.allowed_connection_types = object.texts("allowed_connection_types");
    return out;
}

ExportType read_export_type(ObjectReader& object, std::string_view name) {
    const std::string text = object.text(name);
    if (text == "stream") return ExportType::stream;
    if (text == "service") return ExportType::service;
    if (!text.empty()) object.report(name, "should be \"stream\" or \"service\"");
    return ExportType::unknown;
}

Result<ClaimsIdentity> read_identity(const JsonObject& payload) {
    std::string error;
    ObjectReader root(payload, "", error);
    ClaimsIdentity out;
    out.iss = root.text("iss");
    out.type = root.text("type");
    out.version = 1;
    if (out.type.empty()) {
        auto nats = root.object("nats");
        out.type = nats.text("type");
        out.version = nats.number("version");
    }
    if (!error.empty()) return fail(Errc::invalid, std::move(error));
    return out;
}

Result<OperatorClaims> read_operator(const JsonObject& payload, int version) {
    std::string error;
    ObjectReader root(payload, "", error);
    auto nats = root.object("nats");
    OperatorClaims out;
    read_standard(root, out);
    read_common(root, nats, version, out);
    out.signing_keys = nats.texts("signing_keys");
    out.account_server_url = nats.text("account_server_url");
    out.operator_service_urls = nats.texts("operator_service_urls");
    out.system_account = nats.text("system_account");
    if (version >= 2) {
        out.assert_server_version = nats.text("assert_server_version");
        out.strict_signing_key_usage = nats.flag("strict_signing_key_usage");
    }
    if (!error.empty()) return fail(Errc::invalid, std::move(error));
    return out;
}

Result<UserClaims> read_user(const JsonObject& payload, int version) {
    std::string error;
    ObjectReader root(payload, "", error);
    auto nats = root.object("nats");
    UserClaims out;
    read_standard(root, out);
    read_common(root, nats, version, out);
    out.limits = read_user_limits(nats, version == 1 ? no_limit : 0);
    out.issuer_account = (version == 1 ? root : nats).text("issuer_account");
    if (!error.empty()) return fail(Errc::invalid, std::move(error));
    return out;
}

Result<ActivationClaims> read_activation(const JsonObject& payload, int version) {
    std::string error;
    ObjectReader root(payload, "", error);
    auto nats = root.object("nats");
    ActivationClaims out;
    read_standard(root, out);
    read_common(root, nats, version, out);
    out.import_subject = nats.text("subject");
    out.import_type = read_export_type(nats, version == 1 ? "type" : "kind");
    out.issuer_account = (version == 1 ? root : nats).text("issuer_account");
    if (!error.empty()) return fail(Errc::invalid, std::move(error));
    return out;
}

Result<GenericClaims> read_generic(const JsonObject& payload) {
    std::string error;
    ObjectReader root(payload, "", error);
    GenericClaims out;
    read_standard(root, out);
    const auto nats = root.any("nats");
    if (!nats.isEmpty() && nats.type() != typeid(JsonObject)) {
        root.report("nats", "should be an object");
    }
    out.nats = nats.type() == typeid(JsonObject) ? nats.extract<JsonObject>()
                                                 : JsonObject(new Poco::JSON::Object);
    if (!error.empty()) return fail(Errc::invalid, std::move(error));
    return out;
}

}  // namespace midge
