#pragma once
// What sessions and the broker need of logins: the rules, what goes in and what comes out.
#include "login/authenticator.h"
#include "login/login_grant.h"
#include "login/login_request.h"
