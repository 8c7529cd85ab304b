#include "auth/import_check.h"

#include <optional>

#include "auth/jwt.h"
#include "auth/validate.h"
#include "base/text.h"
#include "subject/subject.h"

namespace midge {
namespace {

bool is_turned_round(const Import& import) {
    return import.type == ExportType::service && !import.to.empty() && import.local_subject.empty();
}

bool names_importer(const std::string& importer, std::string_view subject, uint64_t position) {
    const auto tokens = split(subject, token_separator);
    return position <= tokens.size() && tokens[position - 1] == importer;
}

bool is_issuer(const AccountClaims& exporter, const ActivationClaims& activation) {
    if (activation.issuer_account.empty()) return activation.iss == exporter.sub;
    return activation.issuer_account == exporter.sub &&
           (activation.iss == exporter.sub || exporter.signing_keys.contains(activation.iss));
}

// Returns the time at which the activation expires, or no value if it does not activate this import
// now.
std::optional<int64_t> activated_until(const std::string& importer, const Import& import,
                                       const AccountClaims& exporter, const Export& exported,
                                       int64_t now) {
    const auto activation = decode_activation(import.token);
    if (!activation || !is_issuer(exporter, *activation)) return {};
    if (activation->sub != importer || activation->import_type != import.type) return {};
    if (!is_subset(exported_subject(import), activation->import_subject)) return {};
    if (first_blocking(validate(*activation, now), true) != nullptr) return {};
    if (activation->exp != 0 && activation->exp <= now) return {};
    if (is_revoked(exported.revocations, activation->sub, activation->iat)) return {};
    return activation->exp;
}

}  // namespace

std::string exported_subject(const Import& import) {
    return is_turned_round(import) ? import.to : import.subject;
}

std::string local_subject(const Import& import) {
    if (!import.local_subject.empty()) return import.local_subject;
    if (import.to.empty() || is_turned_round(import)) return import.subject;
    return import.to + (import.to.ends_with(token_separator) ? "" : ".") + import.subject;
}

ImportVerdict judge_import(const std::string& importer, const Import& import,
                           const AccountClaims& exporter, int64_t now) {
    const std::string subject = exported_subject(import);
    const auto judge = [&](const Export& exported) -> ImportVerdict {
        if (exported.account_token_position > 0) {
            return {names_importer(importer, subject, exported.account_token_position) ? &exported
                                                                                       : nullptr};
        }
        if (!exported.token_req) return {&exported};
        const auto until = activated_until(importer, import, exporter, exported, now);
        return until ? ImportVerdict{&exported, *until} : ImportVerdict{};
    };
    for (const Export& exported : exporter.exports) {
        if (exported.type == import.type && exported.subject == subject) return judge(exported);
    }
    for (const Export& exported : exporter.exports) {
        if (exported.type != import.type || !is_subset(subject, exported.subject)) continue;
        if (const ImportVerdict verdict = judge(exported); verdict.exported != nullptr)
            return verdict;
    }
    return {};
}

}  // namespace midge
