#include "nsc/describe_tables.h"

#include "nsc/describe_rows.h"

namespace midge::tools {

std::string describe(const OperatorClaims& claims, const Palette& palette,
                     const AccountName& account_name) {
    Table table("Operator Details");
    add_standard_rows(table, "Operator ID", claims, "", claims.tags);
    if (!claims.account_server_url.empty())
        table.add_row({"Account JWT Server", claims.account_server_url});
    table.add_list("Operator Service URLs", claims.operator_service_urls);
    if (!claims.system_account.empty()) {
        const std::string name = account_name(claims.system_account);
        table.add_row({"System Account", name == claims.system_account
                                             ? name
                                             : claims.system_account + " / " + name});
    }
    table.add_row({"Require Signing Keys", claims.strict_signing_key_usage ? "true" : "false"});
    if (!claims.signing_keys.empty()) {
        table.add_separator();
        table.add_list("Signing Keys", claims.signing_keys);
    }
    return table.render(palette);
}

std::string describe(const UserClaims& claims, const Palette& palette) {
    Table table("User");
    add_standard_rows(table, "User ID", claims, claims.issuer_account, claims.tags);
    if (claims.limits == UserPermissionLimits()) {
        table.add_row({"Issuer Scoped", "Yes"});
        return table.render(palette);
    }
    table.add_row({"Bearer Token", yes_no(claims.limits.bearer_token)});
    add_permission_rows(table, claims.limits.permissions);
    table.add_separator();
    add_user_limit_rows(table, claims.limits);
    return table.render(palette);
}

std::string describe(const ActivationClaims& claims, const Palette& palette) {
    Table table("Activation");
    add_standard_rows(table, "Account ID", claims, claims.issuer_account, claims.tags);
    table.add_separator();
    table.add_row({"Hash ID", activation_hash(claims)});
    table.add_separator();
    table.add_row({"Import Type", type_text(claims.import_type)});
    table.add_row({"Import Subject", claims.import_subject});
    return table.render(palette);
}

}  // namespace midge::tools
