#include "auth/validate.h"

#include <gtest/gtest.h>

#include <string>

#include "auth/jwt.h"
#include "unit/auth/token_maker.h"

namespace midge {
namespace {

using test::fixed_key;

constexpr int64_t validation_time = 1'700'000'000;
const std::string exporter = fixed_key(KeyKind::account, 8).public_key();
const std::string importer = fixed_key(KeyKind::account, 2).public_key();

// Returns all descriptions in one text, with marks on blocking ones.
template <class Claims>
std::string issues_of(const Claims& claims) {
    std::string out;
    for (const auto& issue : validate(claims, validation_time)) {
        out += (issue.blocking ? "!" : "") + issue.description + "\n";
    }
    return out;
}

AccountClaims account() {
    auto claims = make_account_claims(importer);
    claims.iss = fixed_key(KeyKind::operator_key, 1).public_key();
    return claims;
}

Import import_of(ExportType type, std::string subject) {
    Import out;
    out.type = type;
    out.subject = std::move(subject);
    out.account = exporter;
    return out;
}

Export export_of(ExportType type, std::string subject) {
    Export out;
    out.type = type;
    out.subject = std::move(subject);
    return out;
}

void expect_issue(const AccountClaims& claims, std::string_view text) {
    const std::string issues = issues_of(claims);
    EXPECT_NE(issues.find(text), std::string::npos) << issues << "wanted " << text;
}

TEST(Validate, finds_nothing_wrong_with_what_tools_start_from) {
    EXPECT_EQ(issues_of(account()), "");
    auto user = make_user_claims(fixed_key(KeyKind::user, 3).public_key());
    EXPECT_EQ(issues_of(user), "");
    OperatorClaims op;
    op.sub = fixed_key(KeyKind::operator_key, 1).public_key();
    EXPECT_EQ(issues_of(op), "");
}

TEST(Validate, times_are_time_checks_and_not_blocking_by_themselves) {
    auto claims = account();
    claims.exp = validation_time - 1;
    claims.nbf = validation_time + 1;
    const auto issues = validate(claims, validation_time);
    ASSERT_EQ(issues.size(), 2U);
    EXPECT_TRUE(issues[0].time_check);
    EXPECT_EQ(first_blocking(issues, false), nullptr);
    EXPECT_EQ(first_blocking(issues, true)->description, "claim is expired");
    claims.exp = claims.nbf = validation_time;
    EXPECT_EQ(issues_of(claims), "") << "the very second is still good";
}

TEST(ValidateOperator, wants_urls_keys_and_version_well_formed) {
    OperatorClaims op;
    op.sub = fixed_key(KeyKind::operator_key, 1).public_key();
    op.account_server_url = "localhost/jwt";
    op.operator_service_urls = {"http://h", "nats://u:p@h", "nats://h:4222/path", "wss://ok"};
    op.signing_keys = {exporter};
    op.system_account = op.sub;
    op.assert_server_version = "2.10";
    const auto issues = validate(op, validation_time);
    EXPECT_EQ(issues.size(), 7U) << issues_of(op);
}

TEST(ValidateAccount, checks_the_number_of_imports_and_exports) {
    auto claims = account();
    claims.limits.imports = 0;
    claims.limits.exports = 1;
    claims.limits.wildcards = false;
    claims.imports = {import_of(ExportType::stream, "a")};
    claims.exports = {export_of(ExportType::stream, "a"), export_of(ExportType::stream, "b.*")};
    expect_issue(claims, "!the account contains more imports than allowed by the operator");
    expect_issue(claims, "!the account contains more exports than allowed by the operator");
    expect_issue(claims,
                 "!the account contains wildcard exports that are not allowed by the operator");
}

TEST(ValidateAccount, keeps_flat_and_tiered_limits_apart) {
    auto claims = account();
    claims.limits.jetstream.streams = 1;
    claims.limits.tiered_limits[""] = {};
    expect_issue(claims, "!JetStream Limits and tiered JetStream Limits are mutually exclusive");
    expect_issue(claims, "!a JetStream tier has no name");
}

TEST(ValidateExport, of_a_kind_must_not_contain_another) {
    auto claims = account();
    claims.exports = {export_of(ExportType::stream, "a.b"), export_of(ExportType::stream, "a.*"),
                      export_of(ExportType::service, "a.b")};
    expect_issue(claims, "!stream export subject \"a.*\" already exports \"a.b\"");
    claims.exports.erase(claims.exports.begin());
    EXPECT_EQ(issues_of(claims), "") << "a stream and a service may";
    claims.exports = {export_of(ExportType::service, "*.*"), export_of(ExportType::service, "b.>")};
    expect_issue(claims, "!service export subject \"*.*\" already exports \"b.>\"");
    claims.exports[1].subject = "b.c.>";
    EXPECT_EQ(issues_of(claims), "") << "neither contains the other";
}

TEST(ValidateExport, checks_each_field) {
    const auto check = [](const std::function<void(Export&)>& spoil, std::string_view text) {
        auto claims = account();
        claims.exports = {export_of(ExportType::service, "svc.*")};
        EXPECT_EQ(issues_of(claims), "");
        spoil(claims.exports[0]);
        expect_issue(claims, text);
    };
    check([](Export& e) { e.type = ExportType::unknown; }, "!invalid export type");
    check([](Export& e) { e.response_type = "Many"; }, "!invalid response type for service");
    check([](Export& e) { e.response_threshold = -1; }, "!negative response threshold");
    check([](Export& e) { e.subject = "a..b"; },
          "!subject \"a..b\" cannot contain consecutive `.`");
    check([](Export& e) { e.subject = ""; }, "!subject cannot be empty");
    check([](Export& e) { e.account_token_position = 1; }, "!account token position 1");
    check([](Export& e) { e.account_token_position = 9; }, "!account token position 9");
    check([](Export& e) { e.service_latency = ServiceLatency{50, "lat.*"}; }, "!latency results");
    check([](Export& e) { e.info_url = "nowhere"; }, "!info url");
    check([](Export& e) { e.description = std::string(9000, 'x'); }, "!description is longer");
    check([](Export& e) { e.type = ExportType::stream, e.allow_trace = true; }, "!allow_trace");
}

TEST(ValidateImport, checks_each_field) {
    const auto check = [](ExportType type, const std::function<void(Import&)>& spoil,
                          std::string_view text) {
        auto claims = account();
        claims.imports = {import_of(type, "in.*.x")};
        EXPECT_EQ(issues_of(claims), "");
        spoil(claims.imports[0]);
        expect_issue(claims, text);
    };
    constexpr auto stream = ExportType::stream;
    constexpr auto service = ExportType::service;
    check(
        stream, [](Import& i) { i.account = ""; }, "!account to import from is not specified");
    check(
        stream, [](Import& i) { i.account = "AX"; }, "is not an account public key");
    check(
        stream, [](Import& i) { i.to = "a.>"; }, "!streams cannot have wildcard to");
    check(
        stream, [](Import& i) { i.share = true; }, "!share is for services only");
    check(
        service, [](Import& i) { i.allow_trace = true; }, "!allow_trace of an import");
    check(
        service, [](Import& i) { i.local_subject = "l.$2"; }, "!local subject");
    check(
        service, [](Import& i) { i.local_subject = "l"; }, "!local subject");
    check(
        service, [](Import& i) { i.local_subject = "l.$1.>"; }, "both or neither end in >");
    check(
        service, [](Import& i) { i.to = i.local_subject = "l.*"; }, "!import");
    check(
        service, [](Import& i) { i.token = "a.b.c"; }, "!import \"in.*.x\" contains an invalid");
    check(
        service, [](Import& i) { i.token = "http://h/t"; }, "by URL");
}

TEST(ValidateImport, of_services_of_one_account_must_not_overlap) {
    auto claims = account();
    claims.imports = {import_of(ExportType::service, "a.b"), import_of(ExportType::service, "a.*")};
    expect_issue(claims, "!overlapping subject namespace for \"a.*\" and \"a.b\"");
    claims.imports[1].local_subject = "z.$1";
    EXPECT_EQ(issues_of(claims), "");
    claims.imports[1].local_subject = "";
    claims.imports[1].account = fixed_key(KeyKind::account, 12).public_key();
    EXPECT_EQ(issues_of(claims), "") << "of another account";
    claims.imports = {import_of(ExportType::service, "a"), import_of(ExportType::service, "*")};
    claims.imports[1].to = "i.$1";
    EXPECT_EQ(issues_of(claims), "") << "by what `to` says";
    claims.imports[0].to = "i.$1";
    expect_issue(claims, "!overlapping subject namespace for \"i.$1\" and \"i.$1\"");
}

// Tokens are bound to exporter, importer, kind and subject. Without any one of these conditions, a
// token would be valid for somebody else's import.
TEST(ValidateImport, takes_only_a_token_made_for_it) {
    const auto exporter_key = fixed_key(KeyKind::account, 8);
    const auto other_key = fixed_key(KeyKind::account, 9);
    const auto token = [&](const KeyPair& issuer, const std::string& to, ExportType type,
                           const std::string& subject, const std::string& issuer_account = {}) {
        ActivationClaims activation;
        activation.sub = to;
        activation.import_subject = subject;
        activation.import_type = type;
        activation.issuer_account = issuer_account;
        return encode(activation, issuer, validation_time).value();
    };
    auto claims = account();
    claims.imports = {import_of(ExportType::stream, "paid.x")};
    auto& slot = claims.imports[0].token;
    slot = token(exporter_key, importer, ExportType::stream, "paid.*");
    EXPECT_EQ(issues_of(claims), "");
    slot = token(other_key, importer, ExportType::stream, "paid.*", exporter);
    EXPECT_EQ(issues_of(claims), "") << "by a signing key of the exporter";
    slot = token(other_key, importer, ExportType::stream, "paid.*");
    expect_issue(claims, "!activation token doesn't match account for import");
    slot = token(exporter_key, exporter, ExportType::stream, "paid.*");
    expect_issue(claims, "!activation token doesn't match account it is being included in");
    slot = token(exporter_key, importer, ExportType::service, "paid.*");
    expect_issue(claims, "!activation token is for a service");
    slot = token(exporter_key, importer, ExportType::stream, "free.*");
    expect_issue(claims, "which does not contain import");
}

TEST(ValidateAccount, checks_mappings_authorization_trace_and_keys) {
    auto claims = account();
    claims.mappings = {{"a", {{"b", 60, ""}, {"c", 41, ""}}},
                       {"d", {{"e", 100, ""}, {"f", 99, "east"}}}};
    EXPECT_EQ(issues_of(claims), "!mapping \"a\" exceeds 100% among its weights\n");
    claims = account();
    claims.authorization.allowed_accounts = {"*", exporter};
    claims.authorization.xkey = exporter;
    expect_issue(claims, "!external authorization with accounts needs users");
    expect_issue(claims, "!allowed account \"*\"");
    expect_issue(claims, "!xkey");
    claims = account();
    claims.trace = MsgTrace{"t.*", 101};
    expect_issue(claims, "!trace destination");
    expect_issue(claims, "!trace sampling is 101");
    claims = account();
    claims.cluster_traffic = "other";
    expect_issue(claims, "!unknown cluster traffic option");
    claims = account();
    UserScope scope;
    scope.template_limits.permissions.sub.deny = {"a b c", "ok.{{tag(a b)}}"};
    claims.signing_keys = {{"AX", scope}};
    expect_issue(claims, "!\"AX\" is not an account public key");
    expect_issue(claims, "!scope template entry \"a b c\"");
}

TEST(ValidateAccount, compares_many_literal_exports_and_gives_up_on_many_wildcards) {
    auto claims = account();
    for (int i = 0; i < 20'000; ++i) {
        claims.exports.push_back(export_of(ExportType::stream, "a." + std::to_string(i)));
    }
    EXPECT_EQ(issues_of(claims), "");
    for (int i = 0; i < 2'000; ++i) {
        claims.exports.push_back(export_of(ExportType::service, "b." + std::to_string(i) + ".*"));
    }
    expect_issue(claims, "!more than 1024 wildcard exports");
}

TEST(ValidateAccount, warns_about_limits_in_a_self_signed_one) {
    auto claims = account();
    claims.iss = claims.sub;
    const auto issues = validate(claims, validation_time);
    ASSERT_EQ(issues.size(), 1U);
    EXPECT_FALSE(issues[0].blocking);
}

TEST(ValidateActivation, needs_a_kind_and_a_subject) {
    ActivationClaims claims;
    EXPECT_EQ(validate(claims, validation_time).size(), 2U);
    claims.import_type = ExportType::service;
    claims.import_subject = "a.*";
    EXPECT_TRUE(validate(claims, validation_time).empty());
}

}  // namespace
}  // namespace midge
