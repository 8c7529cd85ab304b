// Session: its events and log lines (spec system-events.md 3).
#include "broker/session.h"
#include "broker/session_log.h"
#include "broker/system_services.h"

namespace midge {

ClientInfo Session::client_info() const {
    ClientInfo client;
    client.start = start_time_;
    client.host = outbound_->stream().peer().ip;
    client.id = id_;
    if (profile_) {
        client.name = profile_->name;
        client.lang = profile_->lang;
        client.version = profile_->version;
        client.jwt = profile_->jwt;
    }
    const Account* account = grant_.account;
    client.account = account != nullptr ? account->name() : global_account_name;
    client.name_tag = account != nullptr ? account->display_name() : global_account_name;
    client.user = !connected_ && profile_ ? profile_->offered_user : grant_.user;
    client.issuer_key = grant_.issuer_key;
    client.tags = grant_.tags;
    client.kind = "Client";
    client.client_type = "nats";
    return client;
}

void Session::publish_connect() {
    Broker& broker = loop_.broker();
    if (!broker.events_wanted()) return;
    if (!grant_.account->is_global()) broker.services().publish_account_conns(*grant_.account);
    broker.events().push(ConnectEvent{EventHeader::make(), client_info()});
}

DisconnectEvent Session::disconnect_event(CloseReason reason) const {
    DisconnectEvent event;
    event.header = EventHeader::make();
    event.client = client_info();
    event.client.rtt_nanos = rtt_nanos_;
    event.client.stop = event.header.timestamp;
    event.sent = {static_cast<int64_t>(received_messages_), static_cast<int64_t>(received_bytes_)};
    const OutboundCounters out = outbound_->counters();
    event.received = {static_cast<int64_t>(out.messages), static_cast<int64_t>(out.bytes)};
    event.reason = reason;
    return event;
}

void Session::publish_disconnect(CloseReason reason) {
    Broker& broker = loop_.broker();
    if (!broker.events_wanted()) return;
    if (connected_ && grant_.account != nullptr && !grant_.account->is_global()) {
        broker.services().publish_account_conns(*grant_.account);
    }
    broker.events().push(disconnect_event(reason));
}

void Session::publish_auth_error() {
    Broker& broker = loop_.broker();
    Account& account = grant_.account != nullptr ? *grant_.account : broker.global_account();
    if (!broker.events_wanted() && !account.has_subscribers()) return;
    const DisconnectEvent event = disconnect_event(CloseReason::authentication_failure);
    if (broker.events_wanted()) broker.events().push(AuthErrorEvent{event});
    broker.services().publish_auth_error(account, event);
}

std::string Session::log_prefix() const {
    const PeerAddress& peer = outbound_->stream().peer();
    std::string prefix = peer.ip.find(':') == std::string::npos ? fmt::format("{}:{} - cid:{} - ", peer.ip, peer.port, id_)
                                                                : fmt::format("[{}]:{} - cid:{} - ", peer.ip, peer.port, id_);
    if (!profile_) return prefix;
    // Names come from the client: quoted, and cut, so that they cannot fake or flood the log.
    constexpr size_t shown_bytes_max = 128;
    std::string who = fmt::format("v{}", profile_->version);
    if (!profile_->lang.empty()) who += ":" + profile_->lang;
    if (!profile_->name.empty()) who += ":" + profile_->name;
    prefix += go_quote(who.substr(0, shown_bytes_max)) + " - ";
    if (connected_ && grant_.account != nullptr) {
        prefix += go_quote(grant_.account->name() + (grant_.user.empty() ? "" : "/" + grant_.user)) + " - ";
    }
    return prefix;
}

void Session::trace_in(std::string_view operation, std::string_view arguments) const {
    if (!loop_.lane().tracing()) [[likely]] return;
    log(LogLevel::trace, "<<- [{}{}{}]", operation, arguments.empty() ? "" : " ", arguments);
}

void Session::trace_publish(const PublishCommand& command) const {
    const LogOptions& options = loop_.settings().options.log;
    std::string arguments(command.subject);
    if (!command.reply.empty()) arguments += fmt::format(" {}", command.reply);
    if (command.has_header) arguments += fmt::format(" {}", command.header_bytes);
    log(LogLevel::trace, "<<- [{} {} {}]", command.has_header ? "HPUB" : "PUB", arguments, command.size_text);
    std::string_view shown = options.trace_headers ? command.body.substr(0, command.header_bytes) : command.body;
    const auto bytes_max = static_cast<size_t>(options.traced_message_bytes_max);
    const bool cut = bytes_max != 0 && shown.size() > bytes_max;
    if (cut) shown = shown.substr(0, bytes_max);
    log(LogLevel::trace, "<<- MSG_PAYLOAD: [{}{}]", go_quote(shown), cut ? "..." : "");
}

}  // namespace midge
