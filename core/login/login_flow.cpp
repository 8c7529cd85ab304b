#include "login/login_flow.h"

#include <utility>

#include "base/clock.h"

namespace midge {
namespace {

constexpr const char* no_proxy = "proxy connection required";

std::string lookup_error(const Error& why) {
    return "Account JWT lookup error: " + why.text;
}

// As nats-server begins the reason of an event.
std::string sentence(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// A service that gives no limits gives none: for nats-server, those of a called out user count for
// nothing.
int64_t given_limit(int64_t limit) {
    return limit == 0 ? no_limit : limit;
}

}  // namespace

LoginFlow::LoginFlow(std::shared_ptr<const Authenticator> rules, LoginRequest request,
                     Authenticator::Done done)
    : rules_(std::move(rules)), request_(std::move(request)), done_(std::move(done)) {}

// For a step that may wait. The caller is done with `this`, which may have moved away.
std::shared_ptr<LoginFlow> LoginFlow::kept() {
    if (auto self = weak_from_this().lock()) return self;
    return std::make_shared<LoginFlow>(std::move(*this));
}

void LoginFlow::start() {
    const ConnectOptions& connect = request_.connect;
    if (!connect.account.empty() || connect.new_account)
        return refuse(Errc::denied, "CONNECT names an account");
    // Where no proxy is trusted nobody asks for one.
    if (!connect.proxy_sig.empty() && rules_->trusts_proxies()) {
        request_.proxy = rules_->find_proxy(request_);
        if (request_.proxy.empty())
            return refuse(Errc::denied, "proxy is not trusted", CloseReason::proxy_not_trusted);
    }
    if (rules_->by_jwt()) return check_token();
    if (rules_->users().lacks_proxy(request_))
        return refuse(Errc::denied, no_proxy, CloseReason::proxy_required);
    service_decides_ = rules_->asks_about(request_);
    // Only a login without the service shows whether it need not be asked.
    if (service_decides_ && !rules_->may_exempt()) return ask_configured_service();
    check_password();
}

void LoginFlow::check_password() {
    if (auto grant = rules_->users().check_at_once(request_)) return on_password(std::move(*grant));
    kept()->hash_password();
}

void LoginFlow::hash_password() {
    const bool queued =
        rules_->services().hashes.post(request_.waiting, [self = shared_from_this()] {
            self->on_password(self->rules_->users().check_password(self->request_));
        });
    if (!queued) on_password(fail(Errc::unavailable, "too many passwords wait to be checked"));
}

void LoginFlow::on_password(Result<LoginGrant> grant) {
    // The service is also asked about those who could not log in without it.
    if (service_decides_ && !(grant && rules_->is_exempt(*grant))) return ask_configured_service();
    finish(std::move(grant));
}

void LoginFlow::check_token() {
    rules_->add_sentinel(request_.connect);
    auto user = read_user_token(request_.connect.jwt);
    if (!user) return finish(pass(user));
    user_ = std::move(*user);
    if (auto valid = check_user_claims(*user_, wall_now_seconds()); !valid)
        return finish(pass(valid));
    if (user_->limits.proxy_required && request_.proxy.empty())
        return refuse(Errc::denied, no_proxy, CloseReason::proxy_required);
    // Nobody is asked about an account that may not log in.
    if (auto pinned = rules_->check_pinned(account_of(*user_)); !pinned)
        return finish(pass(pinned));
    kept()->look_up_account();
}

void LoginFlow::look_up_account() {
    rules_->services().registry.lookup(
        account_of(*user_),
        [self = shared_from_this()](const Result<Account*>& found) { self->on_account(found); },
        request_.client_ip);
}

void LoginFlow::on_account(const Result<Account*>& found) {
    if (!found) return refuse(found.error().code, lookup_error(found.error()));
    auto grant = rules_->judge(request_, *user_, **found, false);
    if (grant) service_ = find_callout_service(**found, *user_);
    if (service_) return ask_service();
    finish(std::move(grant));
}

void LoginFlow::ask_configured_service() {
    auto service = rules_->configured_service();
    if (!service) return finish(pass(service));
    service_ = std::move(*service);
    rules_->users().complete(request_);
    kept()->ask_service();
}

void LoginFlow::ask_service() {
    how_.callout = service_->account;
    offered_ = offered_name(request_.connect, user_ ? user_->sub : std::string());
    rules_->services().callout.ask(
        rules_->make_question(request_, *service_, offered_),
        [self = shared_from_this()](const Result<CalloutAnswer>& answer) {
            self->on_answer(answer);
        });
}

void LoginFlow::on_answer(const Result<CalloutAnswer>& answer) {
    if (!answer) return refuse(answer.error().code, sentence(answer.error().text));
    auto user = read_callout_answer(
        answer->token,
        {answer->user_key, rules_->services().callout.server_id(), service_->account->name(),
         [this](std::string_view key) { return service_->signs_with(key); }});
    if (!user) return refuse(user.error().code, sentence(user.error().text));
    let_in_ = std::move(*user);
    if (service_->claims) return look_up_target();
    finish_called_out(rules_->judge_called_out(request_, *let_in_));
}

void LoginFlow::look_up_target() {
    const std::string& target = account_of(*let_in_);
    if (auto allowed = service_->check_target(target); !allowed) return finish(pass(allowed));
    rules_->services().registry.lookup(
        target,
        [self = shared_from_this()](const Result<Account*>& found) { self->on_target(found); });
}

void LoginFlow::on_target(const Result<Account*>& found) {
    if (!found) return refuse(found.error().code, lookup_error(found.error()));
    finish_called_out(rules_->judge(request_, *let_in_, **found, true));
}

void LoginFlow::finish_called_out(Result<LoginGrant> grant) {
    if (grant) {
        grant->called_out = true;
        grant->fingerprint = rules_->callout_fingerprint();
        grant->user = let_in_->name.empty() ? offered_ : let_in_->name;
        grant->subscriptions_max = given_limit(grant->subscriptions_max);
        grant->payload_bytes_max = given_limit(grant->payload_bytes_max);
        LoginDetails& details = grant->own_details();
        // As for nats-server, the name in the JWT that it came with stays.
        details.user_name = user_ ? user_->name : std::string();
        details.issuer_key = grant->account->name();
        details.issued_at = let_in_->iat;
    }
    finish(std::move(grant));
}

void LoginFlow::refuse(Errc code, std::string text, CloseReason reason) {
    how_.reason = reason;
    finish(fail(code, std::move(text)));
}

// The one place where a login ends.
void LoginFlow::finish(Result<LoginGrant> grant) {
    if (grant && !request_.proxy.empty()) grant->own_details().proxy = request_.proxy;
    if (!grant && user_) how_.user_key = user_->sub;
    std::exchange(done_, nullptr)(std::move(grant), std::move(how_));
}

}  // namespace midge
