#include "login/login_grant.h"

namespace midge {

const LoginDetails& LoginGrant::details() const {
    static const LoginDetails none;
    return details_ ? *details_ : none;
}

LoginDetails& LoginGrant::own_details() {
    auto own = std::make_shared<LoginDetails>(details());
    LoginDetails& changed = *own;
    details_ = std::move(own);
    return changed;
}

}  // namespace midge
