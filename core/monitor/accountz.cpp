#include "monitor/accountz.h"

#include "monitor/page_text.h"

namespace midge {
namespace {

constexpr int64_t nanos_per_second = 1'000'000'000;

void write_latency(JsonWriter& out, std::string_view name,
                   const std::optional<LatencyRow>& latency) {
    if (!latency) return;
    out.key(name).begin_object().key("sampling");
    if (latency->sampling == 0) {
        out.value("headers");
    } else {
        out.value(latency->sampling);
    }
    out.field("results", latency->results).end_object();
}

void write_times(JsonWriter& out, std::string_view name,
                 const std::map<std::string, int64_t>& times) {
    if (times.empty()) return;
    out.key(name).begin_object();
    for (const auto& [key, seconds] : times)
        out.field(key, rfc3339_nano(seconds * nanos_per_second));
    out.end_object();
}

void write_mappings(JsonWriter& out, const std::vector<MappingRow>& mappings) {
    if (mappings.empty()) return;
    out.key("mappings").begin_object();
    for (const MappingRow& mapping : mappings) {
        out.key(mapping.source).begin_array();
        for (const MappingRow::Destination& to : mapping.destinations) {
            out.begin_object().field("subject", to.subject).field("weight", to.weight);
            out.field_oe("cluster", to.cluster).end_object();
        }
        out.end_array();
    }
    out.end_object();
}

void write_exports(JsonWriter& out, const std::vector<ExportRow>& exports) {
    if (exports.empty()) return;
    out.key("exports").begin_array();
    for (const ExportRow& row : exports) {
        out.begin_object().field("subject", row.subject).field("type", row.type);
        out.field_oe("token_req", row.token_required);
        out.field_oe("response_type", row.response_type);
        write_latency(out, "service_latency", row.latency);
        write_strings_oe(out, "approved_accounts", row.approved_accounts);
        write_times(out, "revoked_activations", row.revoked_activations);
        out.end_object();
    }
    out.end_array();
}

void write_imports(JsonWriter& out, const std::vector<ImportRow>& imports) {
    if (imports.empty()) return;
    out.key("imports").begin_array();
    for (const ImportRow& row : imports) {
        out.begin_object().field("subject", row.subject).field("account", row.account);
        out.field_oe("to", row.to).field_oe("local_subject", row.local_subject);
        out.field("type", row.type).field("invalid", row.invalid).field("share", row.share);
        out.field("tracking", false);
        write_latency(out, "latency", row.latency);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

void write_json(JsonWriter& out, const AccountRow& account) {
    out.begin_object().field("account_name", account.name);
    out.field("update_time", rfc3339_nano(account.updated));
    out.field_oe("is_system", account.is_system).field("expired", account.expired);
    out.field("complete", true).field("jetstream_enabled", false);
    out.field("leafnode_connections", 0).field("client_connections", account.clients);
    out.field("subscriptions", account.subscriptions);
    write_mappings(out, account.mappings);
    write_exports(out, account.exports);
    write_imports(out, account.imports);
    out.field_oe("jwt", account.jwt).field_oe("issuer_key", account.issuer_key);
    out.field_oe("name_tag", account.name_tag);
    write_strings_oe(out, "tags", account.tags);
    if (!account.decoded_jwt.empty()) out.key("decoded_jwt").embed(account.decoded_jwt);
    write_times(out, "revoked_user", account.revoked_users);
    out.key("sublist_stats").begin_object();
    write_fields(out, account.sublist);
    out.end_object().end_object();
}

void write_json(JsonWriter& out, const Accountz& page) {
    begin_page(out, page.server_id, page.now);
    out.field_oe("system_account", page.system_account);
    write_strings_oe(out, "accounts", page.accounts);
    if (page.detail) {
        out.key("account_detail");
        write_json(out, *page.detail);
    }
    out.end_object();
}

}  // namespace midge
