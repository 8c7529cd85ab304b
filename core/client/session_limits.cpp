// Session: the limits for each user and address (client_limits).
#include "client/session.h"

namespace midge {

bool Session::enter() {
    const ClientLimitOptions& limits = loop().settings().options.client_limits;
    if (!limits.any_per_ip()) return true;
    const std::string& ip = address().ip;
    auto answer = server().limits.enter_from(ip, limits, loop().reactor().now());
    switch (answer.verdict) {
        case ClientLimits::Verdict::granted:
            places_ = std::make_unique<Places>();
            places_->address = std::move(answer.place);
            return true;
        case ClientLimits::Verdict::too_many:
            log(LogLevel::error, "maximum connections exceeded: connections_per_ip is {}",
                limits.connections_per_ip);
            close_with(WireError::maximum_connections_exceeded,
                       CloseReason::maximum_connections_exceeded);
            return false;
        case ClientLimits::Verdict::banned:
            break;
    }
    log(LogLevel::debug, "The address is banned for failed logins");
    close_with(WireError::authorization_violation, CloseReason::authentication_failure);
    return false;
}

bool Session::enter_as_user() {
    const ClientLimitOptions& limits = loop().settings().options.client_limits;
    if (places_) places_->user = {};  // of a login before this one
    if (!limits.any_per_user() || grant_.user.empty()) return true;
    auto answer = server().limits.enter_as(grant_.account->name(), grant_.user, limits);
    if (answer.verdict != ClientLimits::Verdict::granted) {
        log(LogLevel::error, "maximum connections exceeded: connections_per_user is {}",
            limits.connections_per_user);
        close_with(WireError::maximum_connections_exceeded,
                   CloseReason::maximum_connections_exceeded);
        return false;
    }
    if (!places_) places_ = std::make_unique<Places>();
    places_->user = std::move(answer.place);
    return true;
}

void Session::note_failed_login() {
    const ClientLimitOptions& limits = loop().settings().options.client_limits;
    if (limits.failed_logins_per_minute == 0) return;
    const std::string& ip = address().ip;
    if (!server().limits.login_failed(ip, limits, loop().reactor().now())) return;
    log(LogLevel::warn, "{} is banned for {}: more than {} failed logins in a minute", ip,
        go_duration(std::chrono::nanoseconds(limits.ban_duration).count()),
        limits.failed_logins_per_minute);
}

// The message goes its way; what the client has sent behind it waits until the rate allows it.
void Session::throttle() {
    repeats_allowed_ = false;
    const ClientLimitOptions& limits = loop().settings().options.client_limits;
    const auto now = loop().reactor().now();
    std::chrono::nanoseconds silence(0);
    if (limits.messages_per_second_per_ip > 0 && places_->address.taken()) {
        silence = places_->address.rate().take(now, limits.messages_per_second_per_ip);
    }
    if (limits.messages_per_second_per_user > 0 && places_->user.taken()) {
        silence =
            std::max(silence, places_->user.rate().take(now, limits.messages_per_second_per_user));
    }
    if (silence.count() == 0) return;
    pause_for(std::chrono::ceil<std::chrono::milliseconds>(silence));
}

void Session::pause_for(std::chrono::milliseconds silence) {
    pause_input();
    throttle_timer_ = loop().reactor().after(silence, [this] {
        throttle_timer_ = no_timer;
        resume_input();
    });
}

}  // namespace midge
