#include "services/claims_services.h"

#include <fmt/ranges.h>

#include "auth/jwt.h"
#include "auth/nkey.h"
#include "auth/validate.h"
#include "event/subjects.h"
#include "services/account_deletion.h"
#include "subject/subject.h"

namespace midge {
namespace {

constexpr const char* unknown_account = "n/a";
constexpr const char* updated = "jwt updated";
constexpr const char* skipped = "jwt update skipped";
constexpr const char* update_error = "jwt update resulted in error";
constexpr const char* validation_error = "jwt validation failed";

// Returns the token of a subject at `position` (from 0).
std::string token_at(std::string_view subject, int position) {
    Token token;
    for (int i = 0; i <= position; ++i) token = take_token(subject);
    return std::string(token.text);
}

std::string join_issues(const std::vector<Issue>& issues) {
    std::string out;
    for (const Issue& issue : issues) {
        if (issue.blocking && !issue.time_check)
            out += (out.empty() ? "" : " ") + issue.description;
    }
    return out;
}

}  // namespace

void ClaimsServices::attach(Account& system_account) {
    system_account_ = &system_account;
    // New claims for one account, on both forms of the subject.
    services_.serve(
        system_account, account_claims_update_subject("*"),
        [this](const ServiceRequest& request) { update(request, token_at(request.subject(), 3)); });
    services_.serve(
        system_account, account_claims_update_old_subject("*"),
        [this](const ServiceRequest& request) { update(request, token_at(request.subject(), 2)); });
    adapt();
}

void ClaimsServices::adapt() {
    const auto resolver = registry().resolver();
    const bool stores = resolver && resolver->can_store();
    const bool lists = stores && resolver->can_list();
    const bool erases = stores && resolver->can_erase();
    const auto withdraw = [this](std::vector<Ref<Subscription>>& offered) {
        for (const auto& service : offered) services_.withdraw(*system_account_, service);
        offered.clear();
    };
    if (stores && storing_.empty()) {
        storing_.push_back(
            services_.serve(*system_account_, std::string(claims_update_subject),
                            [this](const ServiceRequest& request) { update(request, {}); }));
        storing_.push_back(
            services_.serve(*system_account_, account_claims_lookup_subject("*"),
                            [this](const ServiceRequest& request) { lookup(request); }));
    }
    if (lists && listing_.empty()) {
        listing_.push_back(
            services_.serve(*system_account_, std::string(claims_list_subject),
                            [this](const ServiceRequest& request) { list(request); }));
    }
    if (erases && erasing_.empty()) {
        erasing_.push_back(
            services_.serve(*system_account_, std::string(claims_delete_subject),
                            [this](const ServiceRequest& request) { remove(request); }));
    }
    if (!stores) withdraw(storing_);
    if (!lists) withdraw(listing_);
    if (!erases) withdraw(erasing_);
}

void ClaimsServices::update(const ServiceRequest& request, const std::string& account_of_subject) {
    const auto resolver = registry().resolver();
    const bool stores = resolver && resolver->can_store();
    if (request.payload().empty() && !stores) {
        reply_error(request, account_of_subject, "jwt update error", "request body is empty");
        return;
    }
    const auto claims = decode_account(request.payload());
    const std::string account = !account_of_subject.empty() ? account_of_subject
                                : claims                    ? claims->sub
                                                            : unknown_account;
    const auto refuse = [&](std::string_view message, const std::string& why) {
        reply_error(request, claims ? account : unknown_account, message, why);
    };
    if (!claims) return refuse(update_error, claims.error().text);
    if (claims->sub != account) return refuse(update_error, "subject does not match jwt content");
    const auto operators = registry().operators();
    if (!operators || !operators->trusts(claims->iss)) {
        return refuse(update_error, operators && operators->strict_signing_key_usage
                                        ? "operator requires issuer to be a signing key"
                                        : "account validation failed");
    }
    const auto issues = validate(*claims, wall_now_seconds());
    if (first_blocking(issues, false) != nullptr) {
        return refuse(validation_error,
                      fmt::format("validation errors: [{}]", join_issues(issues)));
    }
    if (const auto unusable = inapplicable(*claims); !unusable.empty())
        return refuse(validation_error, unusable.front().description);
    if (stores) {
        store(request, account, std::string(request.payload()));
    } else {
        apply_to_loaded(request, account, std::string(request.payload()));
    }
}

// Without a store, an update affects only accounts that are loaded here.
void ClaimsServices::apply_to_loaded(const ServiceRequest& request, const std::string& account,
                                     const std::string& jwt) {
    AccountRegistry& accounts = registry();
    if (accounts.find(account) == nullptr) {
        reply_done(request, account, skipped);
        return;
    }
    if (const auto applied = accounts.apply(account, jwt); !applied) {
        reply_error(request, account, update_error, applied.error().text);
        return;
    }
    report_stored(account, jwt);
    reply_updated(request, account);
}

void ClaimsServices::store(const ServiceRequest& request, const std::string& account,
                           const std::string& jwt) {
    const auto resolver = registry().resolver();
    resolver->store(account, jwt, [this, request, account, jwt, resolver](Result<> stored) {
        services_.post([this, request, account, jwt, stored = std::move(stored)] {
            if (!stored) {
                reply_error(request, account, update_error, stored.error().text);
                return;
            }
            AccountRegistry& accounts = registry();
            report_stored(account, jwt);
            accounts.note_stored(account);
            if (accounts.find(account) != nullptr) {
                if (const auto applied = accounts.apply(account, jwt); !applied) {
                    logger().log_with(LogLevel::error,
                                      {{"account", account}, {"reason", applied.error().text}},
                                      "Update for account \"{}\" resulted in error {}", account,
                                      applied.error().text);
                }
            }
            reply_updated(request, account);
        });
    });
}

void ClaimsServices::lookup(const ServiceRequest& request) {
    const std::string account = token_at(request.subject(), 3);
    if (!is_public_key(KeyKind::account, account) || request.reply().empty()) return;
    const auto resolver = registry().resolver();
    resolver->fetch(account, [this, request, resolver](Result<std::string> jwt) {
        services_.post([this, request, jwt = std::move(jwt)] {
            // The answer for an unknown account is empty. If the storage cannot be read, there is
            // no answer, so that another server can answer.
            if (jwt) {
                services_.answer(request, *jwt);
            } else if (jwt.error().code == Errc::not_found) {
                services_.answer(request, {});
            }
        });
    });
}

void ClaimsServices::list(const ServiceRequest& request) {
    const auto resolver = registry().resolver();
    resolver->list([this, request, resolver](Result<std::vector<std::string>> accounts) {
        services_.post([this, request, accounts = std::move(accounts)] {
            const ServerInfo server = events().stamp();
            if (accounts) {
                services_.answer(request, claims_list_json(server, *accounts));
            } else {
                services_.answer(request,
                                 claims_error_json(server, {{}, 500, accounts.error().text}));
            }
        });
    });
}

void ClaimsServices::remove(const ServiceRequest& request) {
    AccountRegistry& accounts = registry();
    const auto asked = read_deletion(std::string(request.payload()), accounts.operators().get(),
                                     system_account_->name());
    const auto refuse = [this, request, issuer = asked.issuer](std::string_view why) {
        reply_error(request, {}, fmt::format("delete accounts request by {} failed", issuer), why);
    };
    if (!asked.accounts) return refuse(asked.accounts.error().text);
    const auto finish = [this, request, refuse](const DeletionOutcome& outcome) {
        if (outcome.deleted == 0 && !outcome.failures.empty() &&
            outcome.failures.front().code == Errc::denied)
            return refuse("delete must be enabled in server config");
        std::string message = fmt::format("deleted {} accounts", outcome.deleted);
        if (outcome.failures.empty()) return reply_turned(request, {}, message);
        message += fmt::format(", failed for {}", outcome.failures.size());
        std::vector<std::string> why;
        for (const Error& failure : outcome.failures) why.push_back(failure.text);
        reply_error(request, {}, message, fmt::format("{}", fmt::join(why, "\n")));
    };
    delete_accounts(
        accounts.resolver(), *asked.accounts,
        [this](std::function<void()> task) { services_.post(std::move(task)); },
        [this](const std::string& account) {
            effects_.forget_account(account);
            report(SecurityEventKind::account_deleted, {{"account", account}});
        },
        finish);
}

void ClaimsServices::report_stored(const std::string& account, const std::string& jwt) {
    report(SecurityEventKind::account_stored, {{"account", account}, {"jwt_hash", jwt_hash(jwt)}});
}

void ClaimsServices::report(SecurityEventKind kind, std::vector<EventMember> members) {
    if (!services_.server().event_demand.any()) return;
    events().push(SecurityEvent{EventHeader::make(), kind, std::nullopt, std::move(members)});
}

void ClaimsServices::reply_done(const ServiceRequest& request, const std::string& account,
                                const std::string& message) {
    services_.answer(request, claims_reply_json(events().stamp(), {account, 200, message}));
}

void ClaimsServices::reply_updated(const ServiceRequest& request, const std::string& account) {
    reply_turned(request, account, updated);
}

// Replies after every event loop has seen the change.
void ClaimsServices::reply_turned(const ServiceRequest& request, const std::string& account,
                                  const std::string& message) {
    effects_.when_loops_turned([this, request, account, message] {
        services_.post(
            [this, request, account, message] { reply_done(request, account, message); });
    });
}

void ClaimsServices::reply_error(const ServiceRequest& request, const std::string& account,
                                 std::string_view message, std::string_view why) {
    Logger& log = logger();
    if (account.empty()) {
        log.log_with(LogLevel::error, {{"reason", why}}, "{} - {}", message, why);
    } else {
        log.log_with(LogLevel::error, {{"account", account}, {"reason", why}}, "{} - {} - {}",
                     message, account, why);
    }
    services_.answer(
        request,
        claims_error_json(events().stamp(), {account, 500, fmt::format("{} - {}", message, why)}));
}

}  // namespace midge
