// Settings about logins.
#include "config/options_text.h"
#include "config/read_accounts.h"
#include "config/read_authorization.h"
#include "config/read_general.h"
#include "config/read_mappings.h"
#include "config/read_proxies.h"
#include "config/read_resolver.h"
#include "config/setting_bindings.h"
#include "config/table_builder.h"

namespace midge {
namespace {

void add_authorization(Table& table) {
    table.section = "authorization";
    const auto secret = [&](std::string_view name, std::string_view field,
                            std::string_view reloaded_as, std::string type, auto show,
                            std::string_view help) {
        Setting& row = table.add(name, field, reloads, inner(std::move(type), show), help);
        row.reloaded_as = reloaded_as;
        row.secret = true;
    };
    table.add("authorization", "", reloads, block("block", read_authorization),
              "Credentials and permissions of users; not for servers with an operator");
    secret(
        "authorization.user", "Username", "authorization username", "text",
        [](const Options& o) { return o.authorization.user; }, "Name of a single user");
    secret(
        "authorization.password", "Password", "authorization password", "text or bcrypt hash",
        [](const Options& o) { return o.authorization.password; }, "Password of the single user");
    secret(
        "authorization.token", "Authorization", "authorization token", "text or bcrypt hash",
        [](const Options& o) { return o.authorization.token; },
        "Token, instead of user and password");
    table
        .add("authorization.timeout", "AuthTimeout", reloads,
             inner("seconds or duration",
                   [](const Options& o) {
                       return fmt::format(
                           "{}", std::chrono::duration<double>(o.authorization.timeout).count());
                   }),
             "Maximum time for the login")
        .reloaded_as = "authorization timeout";
    secret(
        "authorization.users", "Users", "authorization users",
        "list of blocks with user and password, or nkey; permissions; allowed_connection_types; "
        "proxy_required",
        [](const Options& o) { return comparable_text(o.authorization.users); },
        "Several users instead of a single one");
    secret(
        "authorization.default_permissions", "Permissions", "authorization users",
        "block with publish, subscribe (subject, list, or {allow, deny}), allow_responses (true or "
        "{max, expires})",
        [](const Options& o) { return comparable_text(o.authorization.default_permissions); },
        "Permissions of users that have none of their own");
    table
        .add("authorization.proxy_required", "ProxyRequired", reloads,
             inner("true or false",
                   [](const Options& o) {
                       return o.authorization.proxy_required ? "true" : "false";
                   }),
             "The single user, or the token, may log in through a trusted proxy only")
        .reloaded_as = "authorization proxy_required";
    table
        .add("authorization.auth_callout", "AuthCallout", reloads,
             inner("block with issuer, account, auth_users, xkey, allowed_accounts",
                   [](const Options& o) { return comparable_text(o.authorization.callout); }),
             "Auth callout: a service that subscribes to $SYS.REQ.USER.AUTH in `account` decides "
             "about each login, except those of auth_users and, with allowed_accounts, of users in "
             "other accounts than $G and these")
        .reloaded_as = "authorization callout";
}

void add_accounts(Table& table) {
    table.section = "accounts";
    Setting& accounts =
        table.add("accounts", "Accounts", reloads,
                  block("block of accounts, or list of names", read_accounts,
                        [](const Options& o) { return comparable_text(o.accounts); }),
                  "Accounts by name, each with its own subjects; not for servers with an operator");
    accounts.reloaded_as = "accounts";
    accounts.secret = true;
    table.add("accounts.nkey", "", reloads, inner("account key"), "Public key of the account");
    table.add("accounts.users", "", reloads, inner("list of blocks as in authorization.users"),
              "Users of the account; a user name can be in one account only");
    table.add("accounts.default_permissions", "", reloads, inner("block of permissions"),
              "Permissions of users of the account that have none of their own");
    table.add("accounts.limits", "", reloads,
              inner("block with max_connections, max_subscriptions, max_payload, max_leafnodes"),
              "Limits of the account; a negative number: no limit");
    table.add("accounts.mappings", "", reloads, inner("block as mappings"),
              "Subject mappings of the account: messages published to a subject go to another one");
    table
        .add("accounts.msg_trace", "", reloads, inner("subject, or block with dest, sampling"),
             "Subject for traces of the account's messages that have a sampled W3C trace context")
        .aliases = {"accounts.trace_dest"};
    table
        .add("mappings", "Mappings", reloads,
             block("block of subjects, each with a destination, or a list of {destination, weight, "
                   "cluster}",
                   read_global_mappings,
                   [](const Options& o) { return comparable_text(o.mappings); }),
             "Subject mappings for clients that belong to no configured account")
        .aliases = {"maps"};
    table.section = "authorization";
    table.add("proxies", "Proxies", reloads,
              block("block with trusted, a list of {key}", read_proxies,
                    [](const Options& o) { return comparable_text(o.trusted_proxies); }),
              "Public keys of trusted proxies; a proxy signs the nonce (proxy_sig in CONNECT), and "
              "users with proxy_required log in through it");
    table.add("no_auth_user", "NoAuthUser", needs_restart, text(MIDGE_FIELD(no_auth_user)),
              "User for clients that log in without credentials");
}

void add_operator(Table& table) {
    table.section = "operators";
    Setting& operators =
        table.add("operator", "TrustedOperators", needs_restart,
                  block("path or JWT, or list", read_operator,
                        [](const Options& o) { return comparable_text(o.operator_jwts); }),
                  "Trusted operators; users of their accounts log in with JWTs");
    operators.aliases = {"operators", "root", "roots", "root_operator", "root_operators"};
    operators.secret = true;
    table
        .add("trusted_keys", "TrustedKeys", needs_restart,
             block("operator key or list", read_trusted_keys,
                   [](const Options& o) { return comparable_text(o.trusted_keys); }),
             "Public keys of trusted operators, instead of operator JWTs")
        .aliases = {"trusted"};
    table.section = "accounts";
    table
        .add("system_account", "SystemAccount", needs_restart,
             block("account key or name", read_system_account, MIDGE_FIELD(system_account)),
             "System account, whose users receive events and may send requests to the server; "
             "empty: the operator's system account, or $SYS")
        .aliases = {"system"};
    table
        .add("no_system_account", "NoSystemAccount", needs_restart,
             flag(MIDGE_FIELD(no_system_account)),
             "Do not make the default system account; without a system_account there are no "
             "events, and nobody may send requests to the server")
        .aliases = {"no_system", "no_sys_acc"};
    table.section = "resolvers";
    Setting& resolver = table.add(
        "resolver", "AccountResolver", reloads,
        block("MEMORY, URL(...), {type: full, dir: ...}, {plugin: name or path, timeout: ..., "
              "settings}, or a list of those",
              read_resolver, [](const Options& o) { return comparable_text(o.resolvers); }),
        "Source of account JWTs; the resolvers of a list are asked one after the other");
    resolver.aliases = {"account_resolver", "accounts_resolver"};
    resolver.reloaded_as = "accounts";
    resolver.secret = true;
    Setting& preload =
        table.add("resolver_preload", "ResolverPreloads", reloads,
                  block("block of account keys and JWTs", read_resolver_preload,
                        [](const Options& o) { return comparable_text(o.resolver_preload); }),
                  "Account JWTs that the resolver has when it starts");
    preload.reloaded_as = "accounts";
    preload.secret = true;
    table.add("resolver_tls", "", reloads,
              block("block with ca_file, cert_file, key_file, insecure", check_resolver_tls),
              "TLS settings of the URL resolver");
    table.section = "operators";
    Setting& sentinel = table.add("default_sentinel", "DefaultSentinel", reloads,
                                  text(MIDGE_FIELD(default_sentinel)),
                                  "Bearer user JWT for clients that log in without a JWT");
    sentinel.reloaded_as = "default sentinel";
    sentinel.secret = true;
    table.add("resolver_pinned_accounts", "ResolverPinnedAccounts", reloads,
              block("account key or list", read_pinned_accounts,
                    [](const Options& o) { return comparable_text(o.resolver_pinned_accounts); }),
              "If given, only users of these accounts and of the system account may log in");
}

}  // namespace

void add_login_settings(Table& table) {
    add_authorization(table);
    add_accounts(table);
    add_operator(table);
}

}  // namespace midge
