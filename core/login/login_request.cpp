#include "login/login_request.h"

namespace midge {

const std::string& offered_user(const ConnectOptions& connect) noexcept {
    return connect.nkey.empty() ? connect.user : connect.nkey;
}

std::string offered_id(const ConnectOptions& connect, const std::string& jwt_subject) {
    if (const std::string& user = offered_user(connect); !user.empty()) return user;
    return jwt_subject.empty() ? connect.auth_token : jwt_subject;
}

std::string offered_name(const ConnectOptions& connect, const std::string& jwt_subject) {
    const bool by_token = connect.nkey.empty() && connect.user.empty() && jwt_subject.empty();
    return by_token && !connect.auth_token.empty() ? "[REDACTED]"
                                                   : offered_id(connect, jwt_subject);
}

}  // namespace midge
