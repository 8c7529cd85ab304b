#include "client/client_profile.h"

#include "base/wire_error.h"

namespace midge {
namespace {

// Of what a client calls itself.
constexpr size_t label_bytes_max = 128;

}  // namespace

ClientProfile::ClientProfile(const ConnectOptions& connect, bool by_jwt)
    : lang(connect.lang), version(connect.version), shows_jwt(by_jwt && !connect.jwt.empty()) {
    if (!connect.nkey.empty()) {
        offered = Offered::nkey;
        offered_user = connect.nkey;
    } else if (!connect.user.empty()) {
        offered = Offered::user;
        offered_user = connect.user;
    } else if (!connect.auth_token.empty()) {
        offered = Offered::token;
        offered_user = "[REDACTED]";
    }
    if (connect.proves_nothing()) return;
    given = std::make_unique<ConnectCredentials>(connect);
    if (!by_jwt) given->jwt.clear();
}

std::string ClientProfile::named_user() const {
    return offered == Offered::user || offered == Offered::nkey ? offered_user : std::string();
}

void ClientProfile::add_log_fields(LogFields& fields, std::string_view name) const {
    fields.add_all({{"client", name.substr(0, label_bytes_max)},
                    {"client_lang", std::string_view(lang).substr(0, label_bytes_max)},
                    {"client_version", std::string_view(version).substr(0, label_bytes_max)},
                    {"user", offered_user}});
}

std::string ClientProfile::client_label(std::string_view name) const {
    std::string label;
    if (!version.empty()) label = "v" + version;
    for (const std::string_view part : {std::string_view(lang), name}) {
        if (part.empty()) continue;
        if (!label.empty()) label += ':';
        label += part;
    }
    return label.substr(0, label_bytes_max);
}

std::string ClientProfile::login_label(const LoginGrant& grant) const {
    if (grant.jwt_login) return "jwt:" + grant.user;
    switch (offered) {
        case Offered::nkey:
            return "nkey:" + offered_user;
        case Offered::user:
            return "user:" + offered_user;
        case Offered::token:
            return "token";
        case Offered::nothing:
            break;
    }
    return grant.user.empty() ? std::string() : "user:" + grant.user;  // by its certificate
}

std::string ClientProfile::user_label(const ClientProfile* profile, const LoginGrant& grant) {
    if (profile != nullptr && profile->offered == Offered::nkey)
        return "Nkey " + go_quote(grant.user);
    if (grant.jwt_login) return "JWT User " + go_quote(grant.user);
    return "User " + (grant.user.empty() ? "\"N/A\"" : go_quote(grant.user));
}

std::string ClientProfile::offered_label() const {
    switch (offered) {
        case Offered::nkey:
            return " - Nkey " + go_quote(offered_user);
        case Offered::user:
            return " - User " + go_quote(offered_user);
        case Offered::token:
            return " - Token " + go_quote(offered_user);
        case Offered::nothing:
            break;
    }
    return {};
}

std::string ClientProfile::account_label(const LoginGrant& grant) const {
    if (grant.account == nullptr) return {};
    const std::string label = login_label(grant);
    if (label.empty()) return {};
    const std::string& name = grant.account->name();
    const std::string tag = grant.account->display_name();
    return (tag.empty() || tag == name ? name : name + "/" + tag) + "/" + label;
}

}  // namespace midge
