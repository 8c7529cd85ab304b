#include "services/auth_callout.h"

#include "auth/jwt.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/random.h"
#include "base/text.h"
#include "services/system_services.h"

namespace midge {
namespace {

constexpr size_t inbox_token_bytes = 10;
constexpr std::string_view xkey_header = "Nats-Server-Xkey";

// Returns a text that nobody can guess.
std::string inbox_token() {
    return base32_encode(random_bytes(inbox_token_bytes));
}

std::string header_of(const std::string& xkey) {
    return fmt::format("NATS/1.0\r\n{}: {}\r\n\r\n", xkey_header, xkey);
}

}  // namespace

AuthCallout::AuthCallout(SystemServices& services, const KeyPair& identity, CalloutServer server)
    : services_(services),
      identity_(identity),
      xkey_(KeyPair::generate(KeyKind::curve)),
      server_(std::move(server)),
      inbox_("$SYS._INBOX." + inbox_token() + ".") {}

void AuthCallout::ask(CalloutQuestion question, Answered answered) {
    if (asked_.fetch_add(1) >= waiting_max) {
        asked_.fetch_sub(1);
        answered(fail(Errc::unavailable,
                      fmt::format("auth callout: {} logins wait already", waiting_max)));
        return;
    }
    services_.post([this, question = std::move(question), answered = std::move(answered)] {
        send(question, [this, answered](Result<CalloutAnswer> answer) {
            asked_.fetch_sub(1);
            answered(std::move(answer));
        });
    });
}

Result<std::string> AuthCallout::make_body(CalloutQuestion& question,
                                           const std::string& user_key) const {
    AuthorizationRequestClaims& claims = question.claims;
    const int64_t now = wall_now_seconds();
    claims.aud = callout_audience;
    claims.sub = question.issuer;
    claims.exp = now + std::chrono::ceil<std::chrono::seconds>(question.timeout).count();
    claims.server = server_;
    claims.user_key = user_key;
    if (question.xkey.empty()) return encode(claims, identity_, now);
    claims.server.xkey = xkey();
    auto token = encode(claims, identity_, now);
    if (!token) return token;
    auto sealed = xkey_.seal(*token, question.xkey);
    wipe(*token);
    return sealed;
}

void AuthCallout::send(CalloutQuestion question, const Answered& answered) {
    const std::string user_key = KeyPair::generate(KeyKind::user).public_key();
    auto body = make_body(question, user_key);
    if (!body) {
        answered(fail(body.error().code, "auth callout: " + body.error().text));
        return;
    }
    listen_in(*question.account);
    const std::string id = inbox_token();
    const TimerId timer =
        services_.reactor().after(question.timeout, [this, id] { on_timeout(id); });
    waiting_.emplace(id, Waiting{question.account, question.xkey, user_key, timer, answered});
    const std::string header = question.xkey.empty() ? std::string() : header_of(xkey());
    const size_t receivers =
        services_.ask(*question.account, std::string(callout_subject), inbox_ + id, header, *body);
    wipe(*body);
    if (receivers > 0 || !waiting_.contains(id)) return;
    // There was no receiver, so there will be no answer.
    services_.reactor().cancel(timer);
    waiting_.erase(id);
    answered(fail(Errc::unavailable,
                  fmt::format("authorization callout: nobody listens in account \"{}\"",
                              question.account->name())));
}

void AuthCallout::listen_in(Account& account) {
    if (!listened_in_.insert(&account).second) return;
    services_.serve(account, inbox_ + "*", [this, &account](const ServiceRequest& message) {
        on_answer(account, message);
    });
}

void AuthCallout::on_answer(const Account& account, const ServiceRequest& message) {
    const auto found = waiting_.find(std::string(message.subject().substr(inbox_.size())));
    // The answer is late, is the second one, or is from a service in another account.
    if (found == waiting_.end() || found->second.account != &account) return;
    const Waiting waiting = std::move(found->second);
    waiting_.erase(found);
    services_.reactor().cancel(waiting.timer);
    CalloutAnswer answer{std::string(message.payload()), waiting.user_key};
    // A service may seal its answers. The beginning of a token distinguishes it from sealed bytes.
    if (!waiting.xkey.empty() && !answer.token.empty() && !answer.token.starts_with("eyJ")) {
        auto opened = xkey_.open(answer.token, waiting.xkey);
        if (!opened) {
            waiting.answered(fail(
                Errc::denied, "error decrypting auth callout response: " + opened.error().text));
            return;
        }
        answer.token = std::move(*opened);
    }
    waiting.answered(std::move(answer));
}

void AuthCallout::on_timeout(const std::string& id) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    const Waiting waiting = std::move(found->second);
    waiting_.erase(found);
    waiting.answered(
        fail(Errc::timeout,
             fmt::format("authorization callout response not received in time on account \"{}\"",
                         waiting.account->name())));
}

}  // namespace midge
