// Explains errors about settings that contradict each other.
#include <algorithm>
#include <array>
#include <vector>

#include "base/near_word.h"
#include "base/wire_error.h"
#include "config/options_loader.h"
#include "config/read_authorization.h"
#include "config/text_place.h"

namespace midge {
namespace {

struct Advice {
    std::string_view sign;  // start of the message
    std::string_view setting;
    std::string_view expected;
};

constexpr auto advices = std::to_array<Advice>({
    {"max_payload (", "max_payload", "expected at most max_pending"},
    {"lame duck grace period", "lame_duck_grace_period", "expected less than lame_duck_duration"},
    {"server name cannot", "server_name", "expected a text without blanks"},
    {"invalid ClientAdvertise", "client_advertise", "expected host:port"},
    {"operators do not allow Accounts", "accounts",
     "with an operator, accounts come from JWTs; expected no accounts and no mappings"},
    {"operators do not allow users", "authorization",
     "with an operator, users have JWTs; expected no users"},
    {"operators do not allow authorization callouts", "authorization",
     "with an operator, account JWTs say who answers callouts; expected no auth_callout"},
    {"conflicting options for 'TrustedKeys'", "trusted_keys",
     "expected either trusted_keys or operator"},
    {"no_auth_user not compatible", "no_auth_user",
     "with an operator, expected default_sentinel instead of no_auth_user"},
    {"pinned account key", "resolver_pinned_accounts", "expected public keys of accounts (A...)"},
    {"resolver preloads only", "resolver_preload",
     "a resolver URL(...) cannot store; expected MEMORY or {type: full, dir: path}"},
    {"no_auth_user: ", "no_auth_user", "expected the name or key of a user"},
    {"websocket requires TLS", "websocket", "expected a block tls, or no_tls: true"},
    {"websocket authentication", "websocket",
     "expected no user and token in websocket.authorization, since there are users"},
    {"trusted operators or trusted keys", "websocket", "expected an operator for jwt_cookie"},
    {"websocket: invalid header", "websocket", "expected another name in websocket.headers"},
    {"auth_callout allowed account", "authorization", "expected the name of an account"},
});

// Returns the text in the first quotes.
std::string_view quoted_word(std::string_view text) {
    const size_t from = text.find('"'), to = text.find('"', from + 1);
    if (from == std::string_view::npos || to == std::string_view::npos) return {};
    return text.substr(from + 1, to - from - 1);
}

std::string near_name(const Advice& advice, std::string_view text, const Options& options) {
    std::vector<std::string> names;
    if (advice.sign == "no_auth_user: ") {
        for (const UserOptions& user : all_users(options)) names.push_back(user.name);
    } else if (advice.sign == "auth_callout allowed account") {
        for (const AccountOptions& account : options.accounts) names.push_back(account.name);
    }
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    const std::string_view nearest = near_word(quoted_word(text), candidates);
    return nearest.empty() ? "" : "; did you mean " + go_quote(nearest) + "?";
}

}  // namespace

std::string explain_check(const std::string& text, const Options& options,
                          const SettingPlaces& places) {
    const auto* const advice = std::find_if(advices.begin(), advices.end(), [&](const Advice& row) {
        return text.starts_with(row.sign);
    });
    if (advice == advices.end()) return text;
    auto place = places.find(advice->setting);
    if (place == places.end() && advice->setting == "accounts") place = places.find("mappings");
    if (place == places.end() || has_explanation(text)) return text;
    return with_explanation(text, place->second,
                            std::string(advice->expected) + near_name(*advice, text, options));
}

}  // namespace midge
