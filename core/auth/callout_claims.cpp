#include "auth/callout_claims.h"

#include <fmt/format.h>

#include "auth/generic_claims.h"
#include "auth/jwt.h"
#include "auth/validate.h"
#include "base/clock.h"
#include "base/wire_error.h"

namespace midge {
namespace {

constexpr std::string_view response_type = "authorization_response";
constexpr size_t shown_reason_max = 256;
constexpr size_t shown_key_max = 64;

Result<> invalid(std::string_view why) {
    return fail(Errc::denied, fmt::format("authorization response had validation errors: {}", why));
}

Result<> violation(std::string_view why) {
    return fail(Errc::denied, fmt::format("auth callout violation: {}", why));
}

Result<> check_times(const GenericClaims& answer) {
    const int64_t now = wall_now_seconds();
    if (answer.exp > 0 && now > answer.exp) return invalid("claim is expired");
    if (answer.nbf > now) return invalid("claim is not yet valid");
    return {};
}

Result<> check_addressee(const GenericClaims& answer, const CalloutTerms& terms) {
    if (answer.sub != terms.user_key) {
        return violation("auth callout response is not for expected user");
    }
    if (answer.aud != terms.server_id) {
        return violation("auth callout response is not for this server");
    }
    if (!terms.may_answer(answer.iss))
        return fail(Errc::denied, "auth callout signing key is unknown");
    return check_times(answer);
}

Result<> check_content(const std::string& jwt, const std::string& error) {
    if (jwt.empty() && error.empty()) return invalid("Error or Jwt is required");
    if (!jwt.empty() && !error.empty()) return invalid("Only Error or Jwt can be set");
    if (error.empty()) return {};
    return fail(Errc::denied,
                "auth callout service returned an error: " + error.substr(0, shown_reason_max));
}

Result<UserClaims> user_of_answer(std::string_view jwt, const CalloutTerms& terms) {
    auto user = decode_user(jwt);
    if (!user) return user;
    const auto issues = validate(*user, wall_now_seconds());
    if (const Issue* issue = first_blocking(issues, true)) {
        return fail(Errc::denied, "error validating user JWT: " + issue->description);
    }
    if (user->sub == terms.user_key) return user;
    return fail(Errc::denied,
                fmt::format("expected authorized user of {} but got {} on account {}",
                            go_quote(terms.user_key), go_quote(user->sub.substr(0, shown_key_max)),
                            go_quote(terms.account)));
}

}  // namespace

Result<UserClaims> read_callout_answer(std::string_view token, const CalloutTerms& terms) {
    if (token.empty()) {
        auto silence = violation("\"no reason supplied\" on account " + go_quote(terms.account));
        return pass(silence);
    }
    auto answer = decode_generic(token);
    if (!answer) return pass(answer);
    const auto type = json_string(answer->nats, "type");
    if (!type || *type != response_type) return fail(Errc::denied, "not an authorization response");
    if (auto ok = check_addressee(*answer, terms); !ok) return pass(ok);
    auto jwt = json_string(answer->nats, "jwt");
    if (!jwt) return pass(jwt);
    auto error = json_string(answer->nats, "error");
    if (!error) return pass(error);
    if (auto ok = check_content(*jwt, *error); !ok) return pass(ok);
    return user_of_answer(*jwt, terms);
}

}  // namespace midge
