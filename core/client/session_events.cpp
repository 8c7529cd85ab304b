// Session: its events and log lines (spec system-events.md 3).
#include "client/session.h"
#include "routing/traced_payload.h"

namespace midge {

ClientInfo Session::client_info() const {
    ClientInfo client;
    client.start = start_time();
    client.host = address().ip;
    client.id = id();
    if (profile_) {
        client.name = outbound().peer_name();
        client.lang = profile_->lang;
        client.version = profile_->version;
        if (profile_->shows_jwt && profile_->given) client.jwt = profile_->given->jwt;
    }
    const Account* account = grant_.account;
    client.account = account != nullptr ? account->name() : global_account_name;
    client.name_tag = account != nullptr ? account->display_name() : global_account_name;
    client.user = !connected_ && profile_ ? profile_->offered_user : grant_.user;
    client.issuer_key = grant_.details().issuer_key;
    client.tags = grant_.details().tags;
    client.kind = "Client";
    client.client_type = websocket() ? "websocket" : "nats";
    return client;
}

ClientInfo Session::requestor_info(bool shared) const {
    ClientInfo client;
    if (shared) {
        client = client_info();
        client.server = server_name();
        if (grant_.account->claims() == nullptr) client.name_tag.clear();
    }
    client.account = grant_.account->name();
    client.rtt_nanos = rtt_nanos();
    return client;
}

const std::string& Session::server_name() const noexcept {
    return server().name;
}

void Session::publish_connect() {
    if (!server().event_demand.any()) return;
    if (!grant_.account->is_global()) server().reports.publish_account_conns(*grant_.account);
    server().events.push(ConnectEvent{EventHeader::make(), client_info()});
}

DisconnectEvent Session::disconnect_event(CloseReason reason) const {
    DisconnectEvent event;
    event.header = EventHeader::make();
    event.client = client_info();
    event.client.rtt_nanos = rtt_nanos();
    event.client.stop = event.header.timestamp;
    event.sent = {static_cast<int64_t>(received_messages_), static_cast<int64_t>(received_bytes_)};
    const OutboundCounters out = outbound().counters();
    event.received = {static_cast<int64_t>(out.messages), static_cast<int64_t>(out.bytes)};
    event.reason = reason;
    return event;
}

void Session::publish_disconnect(CloseReason reason) {
    if (!server().event_demand.any()) return;
    if (connected_ && grant_.account != nullptr && !grant_.account->is_global()) {
        server().reports.publish_account_conns(*grant_.account);
    }
    server().events.push(disconnect_event(reason));
}

// Where a service was asked, its account hears of it, and why; not the client's.
void Session::publish_auth_error(const Error& why, LoginCase how) {
    Account* const own =
        grant_.account != nullptr ? grant_.account : server().registry.find(global_account_name);
    Account& account = how.callout != nullptr ? *how.callout : *own;
    if (!server().event_demand.any() && !account.has_subscribers()) return;
    DisconnectEvent event = disconnect_event(how.reason);
    if (server().event_demand.any()) server().events.push(AuthErrorEvent{event});
    event.client.account = account.name();
    if (how.callout != nullptr) event.reason_given = why.text;
    server().reports.publish_auth_error(account, event);
}

std::string Session::log_labels() const {
    std::string labels;
    if (!profile_ || !connected_) return labels;
    const std::string client = profile_->client_label(outbound().peer_name());
    for (const std::string& label : {client, profile_->account_label(grant_)}) {
        if (!label.empty()) labels += go_quote(label) + " - ";
    }
    return labels;
}

void Session::add_log_fields(LogFields& fields) const {
    fields.add({"client_type", websocket() ? "websocket" : "nats"});
    if (!profile_) return;
    profile_->add_log_fields(fields, outbound().peer_name());
    if (!connected_ || grant_.account == nullptr) return;
    const std::string& account = grant_.account->name();
    fields.add_all({{"account", account}, {"user", grant_.user}});
    const std::string shown = grant_.account->display_name();
    if (shown != account) fields.add({"account_name", shown});
}

// Who it is to a reader of the log; log watchers know this form.
std::string Session::user_label() const {
    if (profile_ && profile_->offered == ClientProfile::Offered::nkey)
        return "Nkey " + go_quote(grant_.user);
    if (grant_.jwt_login) return "JWT User " + go_quote(grant_.user);
    return "User " + (grant_.user.empty() ? "\"N/A\"" : go_quote(grant_.user));
}

void Session::trace_publish(const PublishCommand& command) const {
    const LogOptions& options = loop().settings().options.log;
    std::string arguments(command.subject);
    if (!command.reply.empty()) arguments += fmt::format(" {}", command.reply);
    if (command.has_header) arguments += fmt::format(" {}", command.header_bytes);
    log(LogLevel::trace, "<<- [{} {} {}]", command.has_header ? "HPUB" : "PUB", arguments,
        command.size_text);
    const std::string payload = traced_payload(options, command.body, command.header_bytes);
    if (!payload.empty()) log(LogLevel::trace, "<<- {}", payload);
}

}  // namespace midge
