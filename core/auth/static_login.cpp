#include "auth/static_login.h"

#include <fmt/format.h>

#include "auth/nkey.h"
#include "auth/password.h"
#include "auth/shown.h"
#include "base/encoding.h"
#include "base/wire_error.h"

namespace midge {
namespace {

std::shared_ptr<const Permissions> compile(const std::optional<PermissionSpec>& spec) {
    return spec ? std::make_shared<const Permissions>(*spec) : nullptr;
}

}  // namespace

Result<StaticUsers> StaticUsers::from(const StaticAuthSpec& spec) {
    StaticUsers out;
    out.certificates_name_users_ = spec.certificates_name_users;
    const auto defaults = compile(spec.default_permissions);
    for (const auto& user : spec.users) {
        Entry entry;
        entry.login.account = user.account;
        entry.login.by_nkey = !user.nkey.empty();
        entry.login.name = entry.login.by_nkey ? user.nkey : user.name;
        if (user.permissions) {
            entry.login.permissions = compile(user.permissions);
        } else if (user.account.empty()) {
            entry.login.permissions = defaults;
        }
        entry.password = user.password;
        entry.allowed_connection_types = user.allowed_connection_types;
        entry.proxy_required = user.proxy_required;
        if (entry.login.name.empty()) return fail(Errc::invalid, "User entry requires a user");
        if (entry.login.by_nkey && !is_public_key(KeyKind::user, user.nkey)) {
            return fail(Errc::invalid, "Not a valid public nkey for a user");
        }
        if (is_bcrypt(entry.password)) out.decoy_ = entry.password;
        auto& table = entry.login.by_nkey ? out.nkeys_ : out.users_;
        const std::string name = entry.login.name;
        if (!entry.login.by_nkey) out.index_subject(name);
        if (!table.emplace(name, std::move(entry)).second) {
            return fail(Errc::invalid,
                        fmt::format("Duplicate {} {} detected", user.nkey.empty() ? "user" : "nkey",
                                    shown(name)));
        }
    }
    if (!spec.token.empty() || !spec.user.empty()) {
        Entry entry;
        out.single_is_token_ = !spec.token.empty();
        entry.login.name = out.single_is_token_ ? std::string() : spec.user;
        entry.login.permissions = defaults;
        entry.password = out.single_is_token_ ? spec.token : spec.password;
        entry.proxy_required = spec.proxy_required;
        out.single_ = std::move(entry);
    }
    return out;
}

bool StaticUsers::required() const noexcept {
    return !users_.empty() || !nkeys_.empty() || single_;
}

const StaticUsers::Entry* StaticUsers::find_user(std::string_view name) const {
    if (!users_.empty() || !nkeys_.empty()) {
        const auto found = users_.find(std::string(name));
        return found == users_.end() ? nullptr : &found->second;
    }
    return single_ && !single_is_token_ && single_->login.name == name ? &*single_ : nullptr;
}

const StaticUsers::Entry* StaticUsers::find_secret(const StaticOffer& offer,
                                                   std::string_view& secret) const {
    const bool by_token = single_is_token_ && users_.empty() && nkeys_.empty();
    secret = by_token ? offer.token : offer.password;
    // If the user has a password, it is checked in addition to the certificate.
    if (offer.certificate != nullptr && !users_.empty())
        return find_by_certificate(*offer.certificate, offer.connection_type);
    return by_token ? &*single_ : find_user(offer.user);
}

bool StaticUsers::needs_slow_check(const StaticOffer& offer) const {
    if (!offer.nkey.empty() && !nkeys_.empty()) return false;
    std::string_view secret;
    const Entry* const entry = find_secret(offer, secret);
    return entry != nullptr ? is_bcrypt(entry->password) : !decoy_.empty();
}

std::string StaticUsers::name_of(const CertificateNames& certificate,
                                 ConnectionType connection_type) const {
    const Entry* const entry =
        users_.empty() ? nullptr : find_by_certificate(certificate, connection_type);
    return entry == nullptr ? std::string() : entry->login.name;
}

bool StaticUsers::lacks_proxy(const StaticOffer& offer) const {
    if (offer.through_trusted_proxy) return false;
    if (!offer.nkey.empty() && !nkeys_.empty()) {
        const auto found = nkeys_.find(std::string(offer.nkey));
        return found != nkeys_.end() && found->second.proxy_required;
    }
    std::string_view secret;
    const Entry* const entry = find_secret(offer, secret);
    return entry != nullptr && entry->proxy_required;
}

Result<StaticLogin> StaticUsers::admit(const Entry& entry, ConnectionType type,
                                       bool through_trusted_proxy) {
    if (entry.proxy_required && !through_trusted_proxy) {
        return fail(Errc::denied, "proxy connection required");
    }
    if (auto ok = check_connection_type(entry.allowed_connection_types, type); !ok) return pass(ok);
    return entry.login;
}

Result<StaticLogin> StaticUsers::check_nkey(const StaticOffer& offer) const {
    const auto found = nkeys_.find(std::string(offer.nkey));
    if (found == nkeys_.end()) {
        return fail(Errc::denied, fmt::format("nkey {} is not known", shown(offer.nkey)));
    }
    if (offer.signature.empty()) return fail(Errc::denied, "the nonce was not signed");
    const auto signature = base64_decode(offer.signature);
    if (!signature) return fail(Errc::denied, "the signature is not base64");
    // With an empty nonce, any signature of an empty text could be reused.
    if (offer.nonce.empty() || !verify_signature(offer.nkey, offer.nonce, *signature)) {
        return fail(Errc::denied, "the signature does not fit the nonce");
    }
    return admit(found->second, offer.connection_type, offer.through_trusted_proxy);
}

void StaticUsers::index_subject(const std::string& name) {
    const auto subject = parse_distinguished_name(name);
    if (!subject || subject->empty()) return;
    subjects_.emplace(ordered_key(*subject), name);
    reordered_subjects_.emplace(unordered_key(*subject), name);
}

const StaticUsers::Entry* StaticUsers::find_user_for(std::string_view name,
                                                     ConnectionType type) const {
    const Entry* const entry = find_user(name);
    const bool may_come =
        entry != nullptr && check_connection_type(entry->allowed_connection_types, type);
    return may_come ? entry : nullptr;
}

const StaticUsers::Entry* StaticUsers::find_by_subject(const DistinguishedName& subject,
                                                       ConnectionType type) const {
    const auto find_in = [&](const auto& index, const std::string& key) -> const Entry* {
        const auto [first, last] = index.equal_range(key);
        for (auto it = first; it != last; ++it) {
            if (const Entry* const entry = find_user_for(it->second, type)) return entry;
        }
        return nullptr;
    };
    if (is_comparable(subject)) {
        if (const Entry* const entry = find_in(subjects_, ordered_key(subject))) return entry;
        if (const Entry* const entry = find_in(reordered_subjects_, unordered_key(subject)))
            return entry;
    }
    for (const std::string& text : go_subject_texts(subject)) {
        if (const Entry* const entry = find_user_for(text, type)) return entry;
    }
    return nullptr;
}

const StaticUsers::Entry* StaticUsers::find_by_certificate(const CertificateNames& certificate,
                                                           ConnectionType type) const {
    for (const std::string& name : certificate.alternatives) {
        if (const Entry* const entry = find_user_for(name, type)) return entry;
    }
    return certificate.subject.empty() ? nullptr : find_by_subject(certificate.subject, type);
}

Result<StaticLogin> StaticUsers::check(const StaticOffer& offer) const {
    if (!offer.nkey.empty() && !nkeys_.empty()) return check_nkey(offer);
    std::string_view secret;
    const Entry* const entry = find_secret(offer, secret);
    if (entry == nullptr) {
        // A quick answer would show that the user does not exist.
        if (!decoy_.empty()) [[maybe_unused]]
            const bool never = check_password(decoy_, secret);
        return fail(Errc::denied, offer.certificate != nullptr
                                      ? "no user has a name of the certificate"
                                      : fmt::format("user {} is not known", shown(offer.user)));
    }
    if (certificates_name_users_ && entry->password.empty() && offer.certificate == nullptr &&
        !users_.empty()) {
        return fail(Errc::denied, fmt::format("user {} has no password, and needs a certificate",
                                              shown(entry->login.name)));
    }
    if (!check_password(entry->password, secret)) {
        return fail(Errc::denied,
                    entry->login.name.empty()
                        ? "wrong token"
                        : fmt::format("wrong password for user {}", shown(entry->login.name)));
    }
    return admit(*entry, offer.connection_type, offer.through_trusted_proxy);
}

Result<StaticLogin> StaticUsers::without_proof(std::string_view name_or_nkey,
                                               ConnectionType connection_type,
                                               bool through_trusted_proxy) const {
    for (const auto* table : {&users_, &nkeys_}) {
        const auto found = table->find(std::string(name_or_nkey));
        if (found != table->end())
            return admit(found->second, connection_type, through_trusted_proxy);
    }
    return fail(Errc::not_found, fmt::format("user {} is not known", shown(name_or_nkey)));
}

Result<StaticLogin> StaticUsers::without_name() const {
    if (!required()) return StaticLogin{};
    if (single_ && single_is_token_) return single_->login;
    return fail(Errc::denied, "a user is asked for");
}

}  // namespace midge
