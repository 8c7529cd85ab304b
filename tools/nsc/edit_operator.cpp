#include "nsc/edit_operator.h"

#include <Poco/URI.h>

#include "base/clock.h"
#include "base/text.h"
#include "nsc/commands.h"
#include "nsc/entities.h"

namespace midge::tools {
namespace {

// Checks a server's URL, which must have no user and path (docs/protocol/jwt.md, Operators).
Result<> check_service_url(const std::string& text) {
    try {
        const Poco::URI uri(text);
        const std::string& scheme = uri.getScheme();
        const bool known = scheme == "nats" || scheme == "tls" || scheme == "ws" || scheme == "wss";
        const bool bare =
            uri.getUserInfo().empty() && (uri.getPath().empty() || uri.getPath() == "/");
        if (known && bare && !uri.getHost().empty()) return {};
    } catch (const Poco::Exception&) {
        // Same error as for other texts that are not such a URL.
    }
    return fail(Errc::invalid,
                fmt::format("\"{}\" is not a service URL such as nats://localhost:4222", text));
}

// With strict signing keys, no JWT may be signed by the main keys.
Result<> check_signing_keys_used(const Context& context, const OperatorStore& store) {
    for (const auto& name : store.files.accounts()) {
        auto account = context.read_account(store, name);
        if (!account) return pass(account);
        if (account->claims.iss == store.claims.sub) {
            return fail(
                fmt::format("account \"{}\" needs to be issued with a signing key first", name));
        }
    }
    return {};
}

}  // namespace

void EditOperator::bind(CommandSyntax& command) {
    command.text("-u,--account-jwt-server-url", server_url,
                 "URL of the account server for nsc push and nsc pull");
    command.flag("--rm-account-jwt-server-url", remove_server_url, "remove that URL");
    command.list("-n,--service-url", service_urls, "add URLs of NATS servers");
    command.list("--rm-service-url", removed_service_urls, "remove URLs of NATS servers");
    command.text("--system-account", system_account, "name or public key of the system account");
    command.choice("--require-signing-keys", require_signing_keys,
                   "accounts and users must be signed by signing keys");
    command.list("--sk", signing_keys, "add signing keys; \"generate\": a new key");
    command.list("--rm-sk", removed_signing_keys, "remove signing keys");
    tags.bind(command, true);
    time.bind(command);
    command.footer(
        "Examples:\n"
        "  nsc edit operator --system-account SYS\n"
        "  nsc edit operator --account-jwt-server-url http://localhost:9090/jwt/v1");
}

Result<> EditOperator::apply(const Context& context, const OperatorStore& store,
                             OperatorClaims& claims) const {
    if (!server_url.empty()) claims.account_server_url = server_url;
    if (remove_server_url) claims.account_server_url.clear();
    for (const auto& url : service_urls) {
        if (auto ok = check_service_url(url); !ok) return ok;
        add_new(claims.operator_service_urls, {to_lower_ascii(url)});
    }
    for (const auto& url : removed_service_urls)
        remove_all(claims.operator_service_urls, {to_lower_ascii(url)});
    if (!system_account.empty()) {
        auto account = context.open_account(store, system_account);
        if (!account) return fail("--system-account: " + account.error().text);
        claims.system_account = account->claims.sub;
    }
    tags.apply(claims.tags);
    if (auto ok = time.apply(claims, wall_now_seconds()); !ok) return ok;
    remove_all(claims.signing_keys, removed_signing_keys);
    for (const auto& text : signing_keys) {
        auto key = signing_key_flag(context, text, KeyKind::operator_key);
        if (!key) return pass(key);
        add_new(claims.signing_keys, {*key});
    }
    if (require_signing_keys) claims.strict_signing_key_usage = *require_signing_keys;
    if (!claims.strict_signing_key_usage) return {};
    if (claims.signing_keys.empty()) return fail("operator requires at least one signing key");
    return check_signing_keys_used(context, store);
}

Result<> EditOperator::run(Context& context) {
    const bool given = !server_url.empty() || remove_server_url || !service_urls.empty() ||
                       !removed_service_urls.empty() || !system_account.empty() ||
                       require_signing_keys || !signing_keys.empty() ||
                       !removed_signing_keys.empty() || tags.given() || time.given();
    if (!given) return fail("specify an edit option");
    auto store = context.open_operator();
    if (!store) return pass(store);
    OperatorClaims claims = store->claims;
    if (auto ok = apply(context, *store, claims); !ok) return ok;
    // Only the operator's own key may sign the operator's JWT.
    auto signer = context.signer_flag().empty() ? context.stored_key(claims.sub)
                                                : operator_signer(context, *store);
    if (!signer) return fail("the operator's key is needed: " + signer.error().text);
    if (auto ok = save_operator(context, store->files, claims, *signer); !ok) return ok;
    say("Success! - edited operator \"{}\"", store->files.name());
    return {};
}

}  // namespace midge::tools
