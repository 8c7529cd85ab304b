#include <algorithm>

#include "auth/connection_type.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/text.h"
#include "nsc/commands.h"
#include "nsc/edit_authcallout.h"
#include "nsc/edit_operator.h"
#include "nsc/entities.h"
#include "subject/subject.h"

namespace midge::tools {
namespace {

Result<> set_limit(const char* flag, const std::optional<int64_t>& value, int64_t& limit) {
    if (!value) return {};
    if (*value < no_limit)
        return fail(Errc::invalid,
                    fmt::format("{} is {}, expected -1 (unlimited) or more", flag, *value));
    limit = *value;
    return {};
}

// The value of a text flag that was not given, because an empty text is a value.
constexpr const char* unchanged = "\n";

struct EditAccount {
    std::string name, description, info_url;
    std::string trace_subject = unchanged;
    std::optional<int64_t> trace_sampling;
    std::optional<int64_t> conns, leaf_conns, data, exports, imports, payload, subscriptions;
    std::optional<bool> wildcard_exports, disallow_bearer;
    std::vector<std::string> signing_keys, removed_signing_keys;
    TagFlags tags;
    TimeFlags time;
    PermissionFlags permissions;

    void bind(CommandSyntax& command) {
        command.name(name, "account name or public key; default: the current account");
        command.number("--conns", conns, "maximum number of connections; -1: unlimited");
        command.number("--leaf-conns", leaf_conns, "maximum number of leaf node connections");
        command.number("--data", data, "maximum number of bytes of data");
        command.number("--exports", exports, "maximum number of exports");
        command.number("--imports", imports, "maximum number of imports");
        command.number("--payload", payload, "maximum size of a message in bytes");
        command.number("--subscriptions", subscriptions, "maximum number of subscriptions");
        command.choice("--wildcard-exports", wildcard_exports, "exports may contain wildcards");
        command.choice("--disallow-bearer", disallow_bearer,
                       "the account may not have bearer users");
        command.list("--sk", signing_keys, "add signing keys; \"generate\": a new key");
        command.list("--rm-sk", removed_signing_keys, "remove signing keys");
        command.text("--description", description, "description of the account");
        command.text("--info-url", info_url, "URL with more information");
        command.text(
            "--trace-context-subject", trace_subject,
            "subject for traces of messages with a sampled W3C trace context; \"\": stop tracing");
        command.number("--trace-context-sampling", trace_sampling,
                       "percentage of those messages to trace, 1 to 100");
        tags.bind(command, true);
        time.bind(command);
        permissions.bind_set(command, "Default permissions of users");
        permissions.bind_remove(command);
        command.footer(
            "Examples:\n  nsc edit account APP --conns 100 --payload 65536\n  nsc edit account APP "
            "--sk generate");
    }

    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto account = context.open_account(*store, name);
        if (!account) return pass(account);
        if (auto ok = apply_limits(account->claims.limits); !ok) return ok;
        if (auto ok = apply(context, account->claims); !ok) return ok;
        auto signer = account_signer(context, *store, account->claims);
        if (!signer) return pass(signer);
        if (auto ok = save_account(context, store->files, account->name, account->claims, *signer);
            !ok)
            return ok;
        say("Success! - edited account \"{}\"", account->name);
        return {};
    }

  private:
    Result<> apply_limits(AccountLimits& limits) const {
        for (const auto& done : {set_limit("--conns", conns, limits.conn),
                                 set_limit("--leaf-conns", leaf_conns, limits.leaf),
                                 set_limit("--data", data, limits.data),
                                 set_limit("--exports", exports, limits.exports),
                                 set_limit("--imports", imports, limits.imports),
                                 set_limit("--payload", payload, limits.payload),
                                 set_limit("--subscriptions", subscriptions, limits.subs)}) {
            if (!done) return done;
        }
        if (wildcard_exports) limits.wildcards = *wildcard_exports;
        if (disallow_bearer) limits.disallow_bearer = *disallow_bearer;
        return {};
    }

    Result<> apply(const Context& context, AccountClaims& claims) const {
        for (const auto& key : removed_signing_keys) claims.signing_keys.erase(key);
        for (const auto& text : signing_keys) {
            auto key = signing_key_flag(context, text, KeyKind::account);
            if (!key) return pass(key);
            claims.signing_keys.emplace(*key, std::nullopt);
        }
        if (!description.empty()) claims.description = description;
        if (!info_url.empty()) claims.info_url = info_url;
        tags.apply(claims.tags);
        if (auto ok = apply_trace(claims.trace); !ok) return ok;
        if (auto ok = permissions.apply(claims.default_permissions); !ok) return ok;
        return time.apply(claims, wall_now_seconds());
    }

    Result<> apply_trace(std::optional<MsgTrace>& trace) const {
        if (trace_subject != unchanged && trace_subject.empty()) {
            if (trace_sampling) {
                return fail(Errc::invalid,
                            "cannot set context sampling rate when disabling the trace context");
            }
            trace.reset();
            return {};
        }
        if (trace_subject != unchanged) {
            if (!is_literal_subject(trace_subject)) {
                return fail(Errc::invalid,
                            fmt::format("--trace-context-subject \"{}\" is no subject without "
                                        "wildcards",
                                        trace_subject));
            }
            if (!trace) trace.emplace();
            trace->dest = trace_subject;
        }
        if (!trace_sampling) return {};
        if (!trace) return fail(Errc::invalid, "trace-context-sampling requires a subject");
        if (*trace_sampling < 0 || *trace_sampling > 100)
            return fail(Errc::invalid, "tracing sampling rate must be between 1-100");
        trace->sampling = *trace_sampling;
        return {};
    }
};

struct EditUser {
    std::string name, account, locale;
    std::optional<int64_t> subs, data, payload;
    std::optional<bool> bearer;
    std::vector<std::string> networks, removed_networks, times, removed_times, types, removed_types;
    TagFlags tags;
    TimeFlags time;
    PermissionFlags permissions;

    void bind(CommandSyntax& command) {
        command.name(name, "user name; none: the account's only user");
        command.text("-a,--account", account,
                     "account name or public key; default: the current account");
        command.number("--subs", subs, "maximum number of subscriptions; -1: unlimited");
        command.number("--data", data, "maximum number of bytes of data");
        command.number("--payload", payload, "maximum size of a message in bytes");
        command.choice("--bearer", bearer,
                       "the user logs in with the JWT alone, without a signature");
        command.list(
            "--time", times,
            "add times of the day at which the user may connect, such as 08:00:00-17:00:00");
        command.list("--rm-time", removed_times, "remove the times that start with this");
        command.text("--locale", locale, "time zone of these times, such as Europe/Berlin");
        command.list("--source-network", networks,
                     "add networks (CIDR) from which the user may connect");
        command.list("--rm-source-network", removed_networks, "remove networks");
        command.list("--conn-type", types,
                     "add connection types: STANDARD, WEBSOCKET, LEAFNODE, MQTT, IN_PROCESS ...");
        command.list("--rm-conn-type", removed_types, "remove connection types");
        tags.bind(command, true);
        time.bind(command);
        permissions.bind_set(command, "Permissions");
        permissions.bind_remove(command);
    }

    Result<> run(Context& context) {
        auto store = context.open_operator();
        if (!store) return pass(store);
        auto stored = context.open_account(*store, account);
        if (!stored) return pass(stored);
        auto user = context.pick_user(*store, stored->name, name);
        if (!user) return pass(user);
        auto token = store->files.user_jwt(stored->name, *user);
        if (!token) return pass(token);
        auto claims = decode_user(*token);
        if (!claims) return fail(fmt::format("user {}: {}", *user, claims.error().text));
        if (auto ok = apply(*claims); !ok) return ok;
        auto signer = signer_of(context, *store, stored->claims, *claims);
        if (!signer) return pass(signer);
        auto creds = save_user(context, store->files, *stored, *user, std::move(*claims), *signer);
        if (!creds) return pass(creds);
        if (!creds->empty()) say("Generated user creds file \"{}\"", context.shown(*creds));
        say("Success! - edited user \"{}\" of \"{}\"", *user, stored->name);
        return {};
    }

  private:
    // Returns the key that signed before, so that a scoped user stays scoped.
    static Result<KeyPair> signer_of(const Context& context, const OperatorStore& store,
                                     const AccountClaims& account, const UserClaims& user) {
        if (context.signer_flag().empty() && context.keys().has_seed(user.iss))
            return context.stored_key(user.iss);
        return user_signer(context, store, account);
    }

    Result<> apply(UserClaims& claims) const {
        UserPermissionLimits& limits = claims.limits;
        for (const auto& done :
             {set_limit("--subs", subs, limits.subs), set_limit("--data", data, limits.data),
              set_limit("--payload", payload, limits.payload)}) {
            if (!done) return done;
        }
        if (bearer) limits.bearer_token = *bearer;
        if (!locale.empty()) limits.times_location = locale;
        for (const auto& text : times) {
            const size_t dash = text.find('-');
            if (dash == std::string::npos)
                return fail(Errc::invalid,
                            fmt::format("--time is \"{}\", expected 08:00:00-17:00:00", text));
            limits.times.push_back({text.substr(0, dash), text.substr(dash + 1)});
        }
        for (const auto& text : removed_times) {
            limits.times.erase(
                std::remove_if(limits.times.begin(), limits.times.end(),
                               [&](const TimeRange& range) { return range.start == text; }),
                limits.times.end());
        }
        add_new(limits.src, networks);
        remove_all(limits.src, removed_networks);
        for (const auto& text : types) {
            const auto type = parse_connection_type(text);
            if (!type)
                return fail(Errc::invalid, fmt::format("--conn-type: unknown type \"{}\"", text));
            add_new(limits.allowed_connection_types, {std::string(connection_type_text(*type))});
        }
        remove_all(limits.allowed_connection_types, removed_types);
        tags.apply(claims.tags);
        if (auto ok = permissions.apply(limits.permissions); !ok) return ok;
        return time.apply(claims, wall_now_seconds());
    }
};

}  // namespace

void add_edit_commands(Commands& commands) {
    add_command<EditOperator>(commands, "edit", "operator", "Change the operator");
    add_command<EditAccount>(commands, "edit", "account", "Change an account");
    add_command<EditAuthCallout>(commands, "edit", "authcallout",
                                 "Change which service decides about logins to an account");
    add_command<EditUser>(commands, "edit", "user", "Change a user");
}

}  // namespace midge::tools
