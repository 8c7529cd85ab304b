#include "client/client_reports.h"

#include <algorithm>

#include "base/text.h"
#include "client/client_events.h"
#include "client/client_role.h"
#include "connection/connection.h"

namespace midge {
namespace {

constexpr std::chrono::seconds denials_interval{1};

bool is_wanted(const Connection& connection) {
    return client_role(connection).server().event_demand.any();
}

void push(const Connection& connection, SecurityEventKind kind, std::optional<ClientInfo> client,
          std::vector<EventMember> members) {
    if (client) client->jwt.clear();
    client_role(connection)
        .server()
        .events.push(
            SecurityEvent{EventHeader::make(), kind, std::move(client), std::move(members)});
}

// "authentication_failure" of "Authentication Failure".
std::string code_of(CloseReason reason) {
    std::string code = to_lower_ascii(reason_text(reason));
    std::replace(code.begin(), code.end(), ' ', '_');
    std::erase_if(code, [](char c) { return c == '(' || c == ')'; });
    return code;
}

std::string text_of(CloseReason reason) {
    return std::string(reason_text(reason));
}

// The subscription with the most deliveries; empty if there is none.
std::string busiest_subject(const ClientState& client) {
    const auto& all = client.subscriptions.all();
    const auto busiest = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.second->delivered() < b.second->delivered();
    });
    return busiest == all.end() ? std::string() : busiest->second->subject();
}

void report_tls_failed(const Connection& connection) {
    const TlsStream* const tls = connection.tls();
    push(connection, SecurityEventKind::tls_failed, std::nullopt,
         {{"address", connection.address().ip},
          {"port", int64_t{connection.address().port}},
          {"reason", tls == nullptr ? std::string("no TLS") : tls->failure()}});
}

}  // namespace

void report_login_refused(const Connection& connection, const ClientState& client,
                          CloseReason reason, const Error& why) {
    if (!is_wanted(connection)) return;
    push(connection, SecurityEventKind::login_refused, client_info(connection, client),
         {{"code", code_of(reason)}, {"reason", why.text}});
}

void report_denied(const Connection& connection, ClientState& client, std::string_view operation,
                   std::string_view subject, std::string_view queue) {
    if (!is_wanted(connection)) return;
    const auto now = connection.loop().reactor().now();
    if (client.denial_told != SteadyClock::time_point{} &&
        now - client.denial_told < denials_interval) {
        ++client.denials_untold;
        return;
    }
    client.denial_told = now;
    std::vector<EventMember> members{{"operation", std::string(operation)},
                                     {"subject", std::string(subject)}};
    if (!queue.empty()) members.push_back({"queue", std::string(queue)});
    if (const uint32_t untold = std::exchange(client.denials_untold, 0); untold > 0)
        members.push_back({"left_out", int64_t{untold}});
    push(connection, SecurityEventKind::permission_denied, client_info(connection, client),
         std::move(members));
}

void report_slow_consumer(const Connection& connection, const ClientState& client,
                          CloseReason reason) {
    if (!is_wanted(connection)) return;
    std::vector<EventMember> members{
        {"reason", text_of(reason)},
        {"pending_bytes", static_cast<int64_t>(connection.outbound().pending_bytes())}};
    if (std::string subject = busiest_subject(client); !subject.empty())
        members.push_back({"subject", std::move(subject)});
    push(connection, SecurityEventKind::slow_consumer, client_info(connection, client),
         std::move(members));
}

void report_closed(const Connection& connection, const ClientState& client, CloseReason reason) {
    if (!is_wanted(connection)) return;
    switch (reason) {
        case CloseReason::tls_handshake_failure:
            report_tls_failed(connection);
            return;
        case CloseReason::maximum_connections_exceeded:
        case CloseReason::maximum_account_connections_exceeded:
        case CloseReason::maximum_payload_exceeded:
        case CloseReason::maximum_control_line_exceeded:
        case CloseReason::maximum_subscriptions_exceeded:
            push(connection, SecurityEventKind::limit_reached, client_info(connection, client),
                 {{"limit", code_of(reason)}, {"reason", text_of(reason)}});
            return;
        case CloseReason::credentials_revoked:
            push(connection, SecurityEventKind::user_revoked, client_info(connection, client), {});
            return;
        default:
            return;
    }
}

void report_banned(const Connection& connection, int failed_logins_max,
                   std::chrono::milliseconds duration) {
    if (!is_wanted(connection)) return;
    push(connection, SecurityEventKind::address_banned, std::nullopt,
         {{"address", connection.address().ip},
          {"failed_logins_max", int64_t{failed_logins_max}},
          {"duration_ms", int64_t{duration.count()}}});
}

}  // namespace midge
