#include "monitor/connz.h"

#include "monitor/page_text.h"

namespace midge {
namespace {

void write_certificates(JsonWriter& out, const std::vector<PeerCertificateRow>& certificates) {
    if (certificates.empty()) return;
    out.key("tls_peer_certs").begin_array();
    for (const PeerCertificateRow& certificate : certificates) {
        out.begin_object().field_oe("subject", certificate.subject);
        out.field_oe("spki_sha256", certificate.spki_sha256);
        out.field_oe("cert_sha256", certificate.cert_sha256).end_object();
    }
    out.end_array();
}

void write_subscriptions(JsonWriter& out, const std::vector<SubscriptionRow>& rows,
                         ShownSubscriptions shown) {
    if (rows.empty() || shown == ShownSubscriptions::none) return;
    const bool details = shown == ShownSubscriptions::details;
    out.key(details ? "subscriptions_list_detail" : "subscriptions_list").begin_array();
    for (const SubscriptionRow& row : rows) {
        if (details) {
            write_json(out, row);
        } else {
            out.value(row.subject);
        }
    }
    out.end_array();
}

void write_traffic(JsonWriter& out, const ConnectionRow& row) {
    out.field("pending_bytes", row.pending_bytes);
    out.field("in_msgs", row.in_msgs).field("out_msgs", row.out_msgs);
    out.field("in_bytes", row.in_bytes).field("out_bytes", row.out_bytes);
    out.field_oe("stalls", row.stalls).field("subscriptions", row.subscriptions);
}

void write_row(JsonWriter& out, const ConnectionRow& row, WallNanos now,
               const ConnectionView& view) {
    const bool closed = row.stop != 0;
    const WallNanos end = closed ? row.stop : now;
    out.begin_object().field("cid", row.cid).field_oe("kind", row.kind).field_oe("type", row.type);
    out.field("ip", row.ip).field("port", unsigned{row.port});
    out.field("start", rfc3339_nano(row.start));
    out.field("last_activity", rfc3339_nano(row.last_activity));
    if (closed) {
        out.field("stop", rfc3339_nano(row.stop)).field("reason", reason_text(row.reason));
    }
    if (row.rtt_nanos != 0) out.field("rtt", go_duration(row.rtt_nanos));
    out.field("uptime", uptime_text(end - row.start));
    out.field("idle", uptime_text(end - row.last_activity));
    write_traffic(out, row);
    out.field_oe("name", row.name).field_oe("lang", row.lang).field_oe("version", row.version);
    out.field_oe("tls_version", row.tls_version);
    out.field_oe("tls_cipher_suite", row.tls_cipher_suite);
    if (view.auth) write_certificates(out, row.auth.certificates);
    out.field_oe("tls_first", row.tls_first);
    if (view.auth) {
        out.field_oe("authorized_user", row.auth.user).field_oe("account", row.auth.account);
    }
    write_subscriptions(out, row.subscription_rows, view.subscriptions);
    if (view.auth) {
        out.field_oe("jwt", row.auth.jwt).field_oe("issuer_key", row.auth.issuer_key);
        out.field_oe("name_tag", row.auth.name_tag);
        write_strings_oe(out, "tags", row.auth.tags);
    }
    if (!row.proxy.empty()) {
        out.key("proxy").begin_object().field("key", row.proxy).end_object();
    }
    out.end_object();
}

}  // namespace

size_t ConnectionRow::bytes() const noexcept {
    size_t sum = sizeof *this + ip.size() + name.size() + lang.size() + version.size() +
                 tls_version.size() + tls_cipher_suite.size() + proxy.size() + auth.user.size() +
                 auth.account.size() + auth.jwt.size() + auth.issuer_key.size() +
                 auth.name_tag.size();
    for (const std::string& tag : auth.tags) sum += sizeof(std::string) + tag.size();
    for (const PeerCertificateRow& one : auth.certificates)
        sum += sizeof one + one.subject.size() + one.spki_sha256.size() + one.cert_sha256.size();
    for (const SubscriptionRow& one : subscription_rows)
        sum += sizeof one + one.subject.size() + one.queue.size() + one.sid.size();
    return sum;
}

void write_json(JsonWriter& out, const SubscriptionRow& row) {
    out.begin_object().field_oe("account", row.account).field_oe("account_tag", row.account_tag);
    out.field("subject", row.subject).field_oe("qgroup", row.queue).field("sid", row.sid);
    out.field("msgs", row.delivered).field_oe("max", row.max).field("cid", row.cid).end_object();
}

void write_json(JsonWriter& out, const Connz& page) {
    begin_page(out, page.server_id, page.now);
    out.field("num_connections", uint64_t{page.connections.size()}).field("total", page.total);
    out.field("offset", page.offset).field("limit", page.limit);
    out.key("connections");
    if (page.unknown_account) {
        out.null().end_object();
        return;
    }
    out.begin_array();
    for (const auto& row : page.connections) write_row(out, *row, page.now, page.view);
    out.end_array().end_object();
}

}  // namespace midge
