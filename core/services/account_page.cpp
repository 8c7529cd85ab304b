// The details of an account, from its claims or its configuration (docs/protocol/monitoring.md,
// Accounts).
#include <algorithm>
#include <map>

#include "auth/import_check.h"
#include "auth/jwt.h"
#include "event/subjects.h"
#include "services/page_source.h"
#include "services/system_imports.h"

namespace midge {
namespace {

constexpr int whole_weight = 100;

// nats-server shows the sum of each destination and those before it, for each cluster by itself,
// and the source as the destination of what is left.
MappingRow mapping_row(const std::string& source,
                       const std::vector<MappingDestination>& destinations) {
    MappingRow row;
    row.source = source;
    std::map<std::string, int> sums;
    for (const MappingDestination& to : destinations) {
        int& sum = sums[to.cluster];
        sum += to.weight;
        row.destinations.push_back({to.subject, sum, to.cluster});
    }
    const bool names_source =
        std::any_of(destinations.begin(), destinations.end(),
                    [&](const MappingDestination& to) { return to.subject == source; });
    for (const auto& [cluster, sum] : sums) {
        if (sum < whole_weight && !names_source)
            row.destinations.push_back({source, whole_weight, cluster});
    }
    return row;
}

std::vector<MappingRow> mapping_rows(const std::vector<SubjectMapping>& mappings) {
    std::vector<MappingRow> rows;
    rows.reserve(mappings.size());
    for (const SubjectMapping& mapping : mappings)
        rows.push_back(mapping_row(mapping.source, mapping.destinations));
    return rows;
}

std::vector<MappingRow> mapping_rows(const AccountClaims& claims) {
    std::vector<MappingRow> rows;
    for (const auto& [source, weighted] : claims.mappings) {
        std::vector<MappingDestination> destinations;
        for (const WeightedMapping& to : weighted) {
            destinations.push_back(
                {to.subject, to.weight == 0 ? uint8_t{whole_weight} : to.weight, to.cluster});
        }
        rows.push_back(mapping_row(source, destinations));
    }
    return rows;
}

std::string_view response_text(ResponseType type) {
    switch (type) {
        case ResponseType::singleton:
            return "Singleton";
        case ResponseType::stream:
            return "Streamed";
        case ResponseType::chunked:
            return "Chunked";
    }
    return {};
}

// Of the claims, which use other words.
std::string_view response_text(std::string_view claimed) {
    if (claimed == "Stream") return response_text(ResponseType::stream);
    if (claimed == "Chunked") return response_text(ResponseType::chunked);
    return response_text(ResponseType::singleton);
}

std::vector<ExportRow> export_rows(const AccountOptions& account) {
    std::vector<ExportRow> rows;
    for (const ServiceExportOptions& one : account.service_exports) {
        ExportRow row{.subject = one.subject,
                      .type = "service",
                      .response_type = response_text(one.response),
                      .latency = {},
                      .approved_accounts = one.accounts,
                      .revoked_activations = {}};
        if (one.latency) row.latency = LatencyRow{one.latency->sampling, one.latency->subject};
        rows.push_back(std::move(row));
    }
    for (const StreamExportOptions& one : account.stream_exports) {
        rows.push_back({.subject = one.subject,
                        .type = "stream",
                        .response_type = {},
                        .latency = {},
                        .approved_accounts = one.accounts,
                        .revoked_activations = {}});
    }
    return rows;
}

std::vector<ExportRow> export_rows(const AccountClaims& claims) {
    std::vector<ExportRow> rows;
    for (const Export& one : claims.exports) {
        const bool service = one.type == ExportType::service;
        ExportRow row{.subject = one.subject,
                      .type = export_type_text(one.type),
                      .token_required = one.token_req,
                      .response_type = {},
                      .latency = {},
                      .approved_accounts = {},
                      .revoked_activations = one.revocations};
        if (service) row.response_type = response_text(one.response_type);
        if (one.service_latency)
            row.latency = LatencyRow{one.service_latency->sampling, one.service_latency->results};
        rows.push_back(std::move(row));
    }
    return rows;
}

ImportRow service_row(const ServiceTerms& terms) {
    ImportRow row;
    row.subject = terms.subjects.subject();
    row.account = terms.exporter->name();
    row.to = row.local_subject = terms.subjects.destination();
    row.type = "service";
    row.share = terms.share;
    if (terms.latency) row.latency = LatencyRow{terms.latency->sampling, terms.latency->subject};
    return row;
}

// The imports that are in force.
std::vector<ImportRow> import_rows(const Account& account,
                                   const std::vector<ServiceTerms>& services) {
    std::vector<ImportRow> rows;
    for (const auto& stream : account.stream_imports()) {
        ImportRow row;
        row.subject = stream->subjects.subject();
        row.account = stream->exporter.name();
        row.local_subject = stream->subjects.destination();
        row.type = "stream";
        rows.push_back(std::move(row));
    }
    for (const ServiceTerms& terms : services) rows.push_back(service_row(terms));
    return rows;
}

// The imports of the claims that are not in force, because the exporter does not allow them or is
// unknown.
void add_invalid(const AccountClaims& claims, std::vector<ImportRow>& rows) {
    for (const Import& import : claims.imports) {
        ImportRow row;
        row.subject = exported_subject(import);
        row.account = import.account;
        row.local_subject = local_subject(import);
        row.type = export_type_text(import.type);
        if (import.type == ExportType::service) row.to = row.local_subject;
        row.share = import.share;
        row.invalid = true;
        const bool in_force = std::any_of(rows.begin(), rows.end(), [&](const ImportRow& one) {
            return one.subject == row.subject && one.account == row.account &&
                   one.local_subject == row.local_subject && one.type == row.type;
        });
        if (!in_force) rows.push_back(std::move(row));
    }
}

// Every account has these services (SystemForwarder); the system account only the one about users.
void add_system_imports(const std::string& account, const std::string& system_account,
                        std::vector<ImportRow>& rows) {
    const auto add = [&](std::string subject, std::string_view local, bool share) {
        ImportRow row;
        row.subject = std::move(subject);
        row.account = system_account;
        row.to = row.local_subject = std::string(local);
        row.type = "service";
        row.share = share;
        rows.push_back(std::move(row));
    };
    for (const SystemImport& import : system_imports) {
        if (account != system_account || import.share)
            add(import.target(account), import.local, import.share);
    }
}

// What those imports are imports of.
void add_system_exports(std::vector<ExportRow>& rows) {
    const auto add = [&](std::string subject, ResponseType response) {
        ExportRow row;
        row.subject = std::move(subject);
        row.type = "service";
        row.response_type = response_text(response);
        rows.push_back(std::move(row));
    };
    add(account_request_subject("*", "CONNZ"), ResponseType::stream);
    add(account_request_subject("*", "STATZ"), ResponseType::stream);
    add(account_user_info_subject("*"), ResponseType::singleton);
    add(std::string(subscribers_subject), ResponseType::singleton);
}

}  // namespace

AccountRow PageSource::account_row(Account& account) const {
    AccountRow row;
    row.name = account.name();
    row.updated = account.updated();
    row.is_system = account.is_system();
    row.clients = account.connections();
    row.subscriptions = account.index().size();
    row.name_tag = account.display_name();
    row.imports = import_rows(account, server().exchange.imports_of(account));
    if (const auto claims = account.claims()) {
        row.expired = claims->exp != 0 && claims->exp < wall_now_seconds();
        row.mappings = mapping_rows(*claims);
        row.exports = export_rows(*claims);
        add_invalid(*claims, row.imports);
        row.jwt = account.jwt();
        row.issuer_key = claims->iss;
        row.tags = claims->tags;
        row.decoded_jwt = payload_json(*claims);
        row.revoked_users = claims->revocations;
    } else {
        const auto now = settings();
        const auto& accounts = now->options.accounts;
        const auto found =
            std::find_if(accounts.begin(), accounts.end(),
                         [&](const AccountOptions& one) { return one.name == account.name(); });
        if (found != accounts.end()) {
            row.mappings = mapping_rows(found->mappings);
            row.exports = export_rows(*found);
        } else if (account.is_global()) {
            row.mappings = mapping_rows(now->options.mappings);
        }
    }
    if (!system_account_.empty()) add_system_imports(account.name(), system_account_, row.imports);
    if (account.is_system()) add_system_exports(row.exports);
    return row;
}

}  // namespace midge
