#include "login/static_spec.h"

namespace midge {
namespace {

SubjectRuleSpec to_rule_spec(const SubjectRules& rules) {
    return {rules.allow, rules.deny};
}

std::optional<PermissionSpec> to_permission_spec(const std::optional<PermissionRules>& rules) {
    if (!rules) return std::nullopt;
    PermissionSpec spec{to_rule_spec(rules->publish), to_rule_spec(rules->subscribe), std::nullopt};
    if (rules->responses)
        spec.responses = ResponseSpec{rules->responses->max_messages, rules->responses->expires};
    return spec;
}

}  // namespace

StaticAuthSpec to_static_spec(const Options& options) {
    const AuthorizationOptions& authorization = options.authorization;
    StaticAuthSpec spec;
    spec.user = authorization.user;
    spec.password = authorization.password;
    spec.token = authorization.token;
    spec.proxy_required = authorization.proxy_required;
    spec.default_permissions = to_permission_spec(authorization.default_permissions);
    for (const UserOptions& user : all_users(options)) {
        StaticUserSpec entry;
        entry.name = user.name;
        entry.password = user.password;
        entry.nkey = user.nkey;
        entry.account = user.account;
        entry.proxy_required = user.proxy_required;
        entry.permissions = to_permission_spec(user.permissions);
        if (user.allowed_connection_types)
            entry.allowed_connection_types = *user.allowed_connection_types;
        spec.users.push_back(std::move(entry));
    }
    return spec;
}

}  // namespace midge
