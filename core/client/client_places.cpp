#include "client/client_places.h"

#include <algorithm>

#include "base/text.h"
#include "client/client_reports.h"
#include "connection/connection.h"
#include "login/login.h"

namespace midge {
namespace {

// A reason in the fields of log lines.
constexpr std::string_view failed_logins = "failed logins";

const ClientLimitOptions& limit_options(const Connection& connection) {
    return connection.loop().settings().options.client_limits;
}

void refuse_place(Connection& connection, std::string_view limit, int value) {
    connection.log_with(LogLevel::error, {{"reason", limit}},
                        "maximum connections exceeded: {} is {}", limit, value);
    connection.close_with(WireError::maximum_connections_exceeded,
                          CloseReason::maximum_connections_exceeded);
}

}  // namespace

bool ClientPlaces::enter_from_address(Connection& connection, ClientLimits& limits) {
    const ClientLimitOptions& options = limit_options(connection);
    if (!options.any_per_ip()) return true;
    auto answer =
        limits.enter_from(connection.address().ip, options, connection.loop().reactor().now());
    switch (answer.verdict) {
        case ClientLimits::Verdict::granted:
            places_ = std::make_unique<Places>();
            places_->address = std::move(answer.place);
            return true;
        case ClientLimits::Verdict::too_many:
            refuse_place(connection, "connections_per_ip", options.connections_per_ip);
            return false;
        case ClientLimits::Verdict::banned:
            break;
    }
    connection.log_with(LogLevel::debug, {{"reason", failed_logins}},
                        "The address is banned for failed logins");
    connection.close_with(WireError::authorization_violation, CloseReason::authentication_failure);
    return false;
}

bool ClientPlaces::enter_as_user(Connection& connection, ClientLimits& limits,
                                 const LoginGrant& grant) {
    const ClientLimitOptions& options = limit_options(connection);
    if (places_) places_->user = {};  // of a login before this one
    if (!options.any_per_user() || grant.user.empty()) return true;
    auto answer = limits.enter_as(grant.account->name(), grant.user, options);
    if (answer.verdict != ClientLimits::Verdict::granted) {
        refuse_place(connection, "connections_per_user", options.connections_per_user);
        return false;
    }
    if (!places_) places_ = std::make_unique<Places>();
    places_->user = std::move(answer.place);
    return true;
}

std::chrono::milliseconds ClientPlaces::take_message(const ClientLimitOptions& options,
                                                     ClientLimits::Clock::time_point now) const {
    std::chrono::nanoseconds silence(0);
    if (options.messages_per_second_per_ip > 0 && places_->address.taken())
        silence = places_->address.rate().take(now, options.messages_per_second_per_ip);
    if (options.messages_per_second_per_user > 0 && places_->user.taken())
        silence =
            std::max(silence, places_->user.rate().take(now, options.messages_per_second_per_user));
    return std::chrono::ceil<std::chrono::milliseconds>(silence);
}

void note_failed_login(const Connection& connection, ClientLimits& limits) {
    const ClientLimitOptions& options = limit_options(connection);
    if (options.failed_logins_per_minute == 0) return;
    const std::string& ip = connection.address().ip;
    if (!limits.login_failed(ip, options, connection.loop().reactor().now())) return;
    connection.log_with(LogLevel::warn, {{"reason", failed_logins}},
                        "{} is banned for {}: more than {} failed logins in a minute", ip,
                        go_duration(std::chrono::nanoseconds(options.ban_duration).count()),
                        options.failed_logins_per_minute);
    report_banned(connection, options.failed_logins_per_minute, options.ban_duration);
}

}  // namespace midge
