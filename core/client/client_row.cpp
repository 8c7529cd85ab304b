#include "client/client_row.h"

#include "client/session.h"

namespace midge {
namespace {

WallNanos last_activity(const Session& session, const PageTime& now) {
    const SteadyClock::time_point last =
        std::max(session.client().last_active, session.outbound().last_message());
    if (last == SteadyClock::time_point{}) return session.start_time();
    return std::max(session.start_time(), now.wall - (now.steady - last).count());
}

// nats-server shows a bearer token as this text, because whoever has it may log in.
constexpr std::string_view redacted_jwt = "[REDACTED]";

void add_tls(const Session& session, const ConnectionView& view, ConnectionRow& row) {
    const TlsStream* const tls = session.tls();
    if (tls == nullptr) return;
    row.tls_version = tls->version();
    row.tls_cipher_suite = tls->cipher_suite();
    const auto& options = session.listener().tls_options;
    row.tls_first = options && options->order != HandshakeOrder::info_first;
    if (!view.auth) return;
    for (TlsStream::PeerCertificateNote& note : tls->peer_certificates()) {
        row.auth.certificates.push_back({std::move(note.subject), std::move(note.spki_sha256),
                                         std::move(note.certificate_sha256)});
    }
}

void add_auth(const ClientState& client, ConnectionRow& row) {
    const LoginGrant& grant = client.grant;
    const ClientProfile* const profile = client.connect.profile.get();
    if (grant.account == nullptr || !client.connected) {
        if (profile != nullptr) row.auth.user = profile->offered_user;
        return;
    }
    row.auth.user = grant.user;
    if (!grant.account->is_global()) row.auth.account = grant.account->name();
    row.auth.name_tag = grant.account->display_name();
    row.auth.issuer_key = grant.details().issuer_key;
    row.auth.tags = grant.details().tags;
    if (profile != nullptr && profile->given && !profile->given->jwt.empty())
        row.auth.jwt = grant.bearer ? std::string(redacted_jwt) : profile->given->jwt;
}

}  // namespace

ConnectionFigures client_figures(const Session& session, const PageTime& now) {
    const ClientState& client = session.client();
    const OutboundCounters out = session.outbound().counters();
    ConnectionFigures figures;
    figures.cid = session.id();
    figures.start = session.start_time();
    figures.last_activity = last_activity(session, now);
    figures.rtt_nanos = session.liveness().rtt_nanos();
    figures.pending_bytes = session.outbound().pending_bytes();
    figures.in_msgs = client.received_messages;
    figures.in_bytes = client.received_bytes;
    figures.out_msgs = out.messages;
    figures.out_bytes = out.bytes;
    figures.subscriptions = client.subscriptions.size();
    return figures;
}

ConnectionRow client_row(const Session& session, const ConnectionView& view, const PageTime& now) {
    const ClientState& client = session.client();
    ConnectionRow row;
    static_cast<ConnectionFigures&>(row) = client_figures(session, now);
    row.kind = "Client";
    row.type = session.websocket() != nullptr ? "websocket" : "nats";
    row.ip = session.address().ip;
    row.port = session.address().port;
    row.stalls = session.stalls();
    if (const ClientProfile* const profile = client.connect.profile.get()) {
        row.name = session.outbound().peer_name();
        row.lang = profile->lang;
        row.version = profile->version;
    }
    row.proxy = client.grant.details().proxy;
    add_tls(session, view, row);
    if (view.auth) add_auth(client, row);
    if (view.subscriptions != ShownSubscriptions::none)
        row.subscription_rows = subscription_rows(session, SIZE_MAX);
    return row;
}

std::vector<SubscriptionRow> subscription_rows(const Session& session, size_t max) {
    std::vector<SubscriptionRow> rows;
    for (const auto& [sid, subscription] : session.client().subscriptions.all()) {
        if (rows.size() == max) break;
        SubscriptionRow row;
        row.subject = subscription->subject();
        row.queue = subscription->queue();
        row.sid = sid;
        row.delivered = subscription->delivered();
        row.max = subscription->max();
        row.cid = session.id();
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace midge
