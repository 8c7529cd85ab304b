#include "client/session.h"

#include "client/client_events.h"
#include "client/client_reports.h"
#include "client/client_role.h"
#include "client/client_row.h"
#include "client/clients.h"
#include "client/subscribing.h"
#include "protocol/connect_trace.h"
#include "subject/subject.h"

namespace midge {
namespace {

// Up to this many times as much as came in may be staged for reads to grow.
constexpr uint64_t staged_per_read_max = 2;

}  // namespace

Session::Session(EventLoop& loop, uint64_t id, std::unique_ptr<Stream> stream,
                 ListenerIndex listener)
    : Connection(loop, id, std::move(stream), listener), pause_(*this), login_(*this, client_) {}

void Session::greet() {
    send_first_info(*this, login_.nonce());
}

bool Session::enter() {
    return client_.places.enter_from_address(*this, client_role(*this).server().limits);
}

void Session::open() {
    show_log_prefix();
    login_.open();
    if (closed()) return;
    liveness().start(
        std::min(listener().ping_interval, std::chrono::milliseconds(std::chrono::seconds(2))));
}

void Session::leave() {
    login_.stop_waiting();
    pause_.drop();
    client_.had_subscriptions = std::make_unique<std::vector<SubscriptionRow>>(
        subscription_rows(*this, ClosedConnections::subscriptions_max));
    client_.subscriptions.drop_all();
}

void Session::left(CloseReason reason, bool opened) {
    if (opened || reason == CloseReason::tls_handshake_failure)
        report_closed(*this, client_, reason);
    note_closed(reason);
    login_.leave_account();
    if (opened) publish_disconnect(*this, client_, reason);
}

void Session::note_closed(CloseReason reason) {
    const PageTime now;
    ConnectionRow row = client_row(*this, {.auth = true}, now);
    row.stop = now.wall;
    row.reason = reason;
    row.subscription_rows = std::move(*client_.had_subscriptions);
    client_role(*this).server().closed.add(std::move(row));
}

void Session::note_slow_consumer(CloseReason reason) {
    report_slow_consumer(*this, client_, reason);
    if (client_.grant.account != nullptr) client_.grant.account->count_slow_consumer();
}

// No answer is read while the session waits for a receiver.
bool Session::expects_pong() const {
    return !client_.limits.connect_required && !pause_.waits_for_room();
}

std::string Session::log_labels() const {
    std::string labels;
    const ClientProfile* const profile = client_.connect.profile.get();
    if (profile == nullptr || !client_.connected) return labels;
    const std::string client = profile->client_label(outbound().peer_name());
    for (const std::string& label : {client, profile->account_label(client_.grant)}) {
        if (!label.empty()) labels += go_quote(label) + " - ";
    }
    return labels;
}

void Session::add_log_fields(LogFields& fields) const {
    fields.add({"client_type", websocket() != nullptr ? "websocket" : "nats"});
    const ClientProfile* const profile = client_.connect.profile.get();
    if (profile == nullptr) return;
    profile->add_log_fields(fields, outbound().peer_name());
    const LoginGrant& grant = client_.grant;
    if (!client_.connected || grant.account == nullptr) return;
    const std::string& account = grant.account->name();
    fields.add_all({{"account", account}, {"user", grant.user}});
    const std::string shown = grant.account->display_name();
    if (shown != account) fields.add({"account_name", shown});
}

ClientInfo Session::requestor_info(bool shared) const {
    ClientInfo info;
    const Account& account = *client_.grant.account;
    if (shared) {
        info = client_info(*this, client_);
        info.server = server_name();
        if (account.claims() == nullptr) info.name_tag.clear();
    }
    info.account = account.name();
    info.rtt_nanos = liveness().rtt_nanos();
    return info;
}

const std::string& Session::server_name() const noexcept {
    return client_role(*this).server().name;
}

void Session::on_reload() {
    if (closed()) return;
    if (awaits_tls() && !listener().tls) {
        close(CloseReason::tls_handshake_failure);
        return;
    }
    if (!login_.renew_for_settings()) return;
    show_log_prefix();
    const bool waits = loop().settings().options.slow_consumers == SlowConsumerPolicy::wait;
    if (!pause_.waits_for_room() || waits) return;
    // Later, because other clients may still have to adapt.
    loop().post([&loop = loop(), id = id()] {
        Session* const session = as_client(loop.find(id));
        if (session != nullptr && session->pause_.waits_for_room()) session->pause_.end_wait();
    });
}

void Session::tell_lame_duck() {
    if (closed() || !client_.connected || !client_.connect.takes_infos() || client_.info_due)
        return;
    send_lame_duck_info(*this);
}

void Session::read_commands() {
    const CommandInput::Read read = input_.read(outbound().stream(), loop(), client_.limits);
    if (!took_input(read.result)) return;
    pause_.note_read();
    if (read.bytes.empty()) return;
    const uint64_t staged_before = loop().lane().outbound().staged_bytes_total();
    const uint64_t received_before = client_.received_messages;
    process(read.bytes);
    if (client_.received_messages != received_before) client_.last_active = loop().reactor().now();
    if (read.gathered) return;
    // What is staged for many receivers should not fall out of the cache.
    const uint64_t staged = loop().lane().outbound().staged_bytes_total() - staged_before;
    input_.read_much(read.filled && staged <= staged_per_read_max * read.result.bytes);
}

void Session::read_kept() {
    const std::string kept = input_.take();
    if (!kept.empty()) process(kept);
}

void Session::process(std::string_view input) {
    const ParseOutcome outcome = parse_commands(input, client_.limits, *this);
    if (closed()) return;
    if (outcome.status == ParseStatus::need_more || outcome.status == ParseStatus::stopped) {
        input_.keep(input.substr(outcome.consumed), outcome.wanted, outcome.consumed > 0,
                    client_.limits);
    } else if (outcome.status == ParseStatus::connect_expected && login_.enter_without_connect()) {
        process(input.substr(outcome.consumed));
    } else {
        fail_parse(outcome);
    }
}

void Session::fail_parse(const ParseOutcome& outcome) {
    const auto log_error = [this](CloseReason reason, std::string_view text) {
        log_with(LogLevel::error, {{"reason", reason_text(reason)}}, "{}", text);
    };
    switch (outcome.status) {
        case ParseStatus::unknown_operation:
            log_error(CloseReason::protocol_violation, outcome.detail);
            // The subject was judged before the body came.
            if (client_.connect.pedantic && !outcome.subject.empty() &&
                !is_publishable(outcome.subject))
                send_error(err_line(WireError::invalid_publish_subject));
            close_with(WireError::unknown_protocol_operation, CloseReason::protocol_violation);
            return;
        case ParseStatus::bad_arguments:
            log_error(CloseReason::protocol_violation, outcome.detail);
            close(CloseReason::protocol_violation);
            return;
        case ParseStatus::line_too_long:
            log_error(CloseReason::maximum_control_line_exceeded,
                      wire_text(WireError::maximum_control_line_exceeded));
            close_with(WireError::maximum_control_line_exceeded,
                       CloseReason::maximum_control_line_exceeded);
            return;
        case ParseStatus::payload_too_big:
            log_error(CloseReason::maximum_payload_exceeded,
                      fmt::format("maximum payload exceeded: {} vs {}", outcome.wanted,
                                  client_.limits.payload_bytes_max));
            close_with(WireError::maximum_payload_violation, CloseReason::maximum_payload_exceeded);
            return;
        case ParseStatus::headers_unsupported:
            log_error(CloseReason::message_header_violation, "message headers not supported");
            close(CloseReason::message_header_violation);
            return;
        case ParseStatus::connect_expected:
            login_.refuse({Errc::denied, "a command before CONNECT"}, {});
            return;
        case ParseStatus::need_more:
        case ParseStatus::stopped:
            return;
    }
}

bool Session::on_connect(std::string_view json) {
    if (loop().lane().tracing()) [[unlikely]]
        trace_in("CONNECT", redacted_connect(json));
    login_.connect(json);
    return !stopped();
}

bool Session::on_subscribe(const SubscribeCommand& command) {
    if (loop().lane().tracing()) [[unlikely]] {
        const char* const between = command.queue.empty() ? "" : " ";
        trace_in("SUB",
                 fmt::format("{}{}{} {}", command.subject, between, command.queue, command.sid));
    }
    client_.last_active = loop().reactor().now();
    if (subscribe(*this, client_, command)) send_ok(*this, client_.connect);
    return !closed();
}

bool Session::on_unsubscribe(std::string_view sid, int64_t max) {
    if (loop().lane().tracing()) [[unlikely]]
        trace_in("UNSUB", max > 0 ? fmt::format("{} {}", sid, max) : std::string(sid));
    client_.last_active = loop().reactor().now();
    unsubscribe(client_, sid, max);
    send_ok(*this, client_.connect);
    return !closed();
}

bool Session::on_ping() {
    trace_in("PING", {});
    trace_out("PONG");
    send("PONG\r\n");
    client_.answered_ping = client_.answered_ping || client_.connected;
    if (std::exchange(client_.info_due, false)) send_connect_info(*this, client_);
    return true;
}

bool Session::on_pong() {
    trace_in("PONG", {});
    liveness().note_pong();
    return true;
}

bool Session::on_client_error(std::string_view text) {
    constexpr size_t shown_bytes_max = 256;
    log(LogLevel::error, "Client Error {}", text.substr(0, shown_bytes_max));
    close(CloseReason::client_closed);
    return false;
}

}  // namespace midge
