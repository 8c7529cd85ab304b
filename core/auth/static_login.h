#pragma once
// Users, nkeys, the token and the single user of the configuration (docs/protocol/login.md,
// Credentials, Certificates).
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/connection_type.h"
#include "auth/distinguished_name.h"
#include "auth/permissions.h"
#include "base/result.h"

namespace midge {

struct StaticUserSpec {
    std::string name;      // empty for an nkey user
    std::string password;  // plain or bcrypt
    std::string nkey;      // "U..."; empty for a password user
    std::string account;   // empty: the global account
    std::optional<PermissionSpec>
        permissions;  // no value: default_permissions if `account` is empty
    std::vector<std::string> allowed_connection_types;
    bool proxy_required = false;
};

struct StaticAuthSpec {
    std::vector<StaticUserSpec> users;
    std::string user;  // the single user; only without `users`
    std::string password;
    std::string token;            // plain or bcrypt; only without `users`
    bool proxy_required = false;  // for the single user or the token
    std::optional<PermissionSpec> default_permissions;
    // A listener identifies users by their certificates. Users without a password can log in only
    // there.
    bool certificates_name_users = false;
};

// The names in a client's verified certificate.
struct CertificateNames {
    std::vector<std::string> alternatives;  // in the order in which they are tried
    DistinguishedName subject;
};

// The credentials in a client's CONNECT. Views are valid during the call.
struct StaticOffer {
    std::string_view user;
    std::string_view password;
    std::string_view token;
    std::string_view nkey;
    std::string_view signature;  // base64url or base64
    std::string_view nonce;      // as sent in INFO
    ConnectionType connection_type = ConnectionType::standard;
    // Set with `verify_and_map`: identifies the user, whatever user and password CONNECT has.
    // Without TLS it identifies nobody.
    const CertificateNames* certificate = nullptr;
    bool through_trusted_proxy = false;
};

struct StaticLogin {
    std::string name;     // user name, nkey, or empty for a token
    std::string account;  // empty: the global account
    bool by_nkey = false;
    std::shared_ptr<const Permissions>
        permissions;  // shared by all sessions of the user; null: everything is allowed
};

// Made from the configuration and then immutable; const functions are usable from any thread.
class StaticUsers {
  public:
    // Fails with Errc::invalid if a user has neither name nor nkey, for duplicates, and for an nkey
    // that is not a user's public key.
    [[nodiscard]] static Result<StaticUsers> from(const StaticAuthSpec& spec);

    // Whether clients have to authenticate at all.
    [[nodiscard]] bool required() const noexcept;
    [[nodiscard]] bool any_nkey() const noexcept { return !nkeys_.empty(); }
    // Whether there are users that a certificate may identify.
    [[nodiscard]] bool any_user() const noexcept { return !users_.empty(); }
    // Whether check() of this offer would run bcrypt, and thus should be called on a worker thread.
    [[nodiscard]] bool needs_slow_check(const StaticOffer& offer) const;
    // Returns the user that the certificate identifies on a connection of this type, or an empty
    // text.
    [[nodiscard]] std::string name_of(const CertificateNames& certificate,
                                      ConnectionType connection_type) const;
    // Whether the user of the offer may only come through a trusted proxy, and does not do so.
    [[nodiscard]] bool lacks_proxy(const StaticOffer& offer) const;
    // Returns the user if the offer proves the user's identity. The error is the true reason, for
    // the log only.
    [[nodiscard]] Result<StaticLogin> check(const StaticOffer& offer) const;
    // Returns the user or nkey of `no_auth_user` without any proof. Still checks the connection
    // type and the proxy.
    [[nodiscard]] Result<StaticLogin> without_proof(std::string_view name_or_nkey,
                                                    ConnectionType connection_type,
                                                    bool through_trusted_proxy) const;
    // Returns the login without a name: for the token, or if nobody has to log in.
    [[nodiscard]] Result<StaticLogin> without_name() const;

  private:
    struct Entry {
        StaticLogin login;
        std::string password;
        std::vector<std::string> allowed_connection_types;
        bool proxy_required = false;
    };
    [[nodiscard]] const Entry* find_user(std::string_view name) const;
    // Finds the entry whose password or token decides about the offer, and sets `secret` to the
    // text of the offer that must match it.
    [[nodiscard]] const Entry* find_secret(const StaticOffer& offer,
                                           std::string_view& secret) const;
    [[nodiscard]] Result<StaticLogin> check_nkey(const StaticOffer& offer) const;
    void index_subject(const std::string& name);
    [[nodiscard]] const Entry* find_by_certificate(const CertificateNames& certificate,
                                                   ConnectionType type) const;
    [[nodiscard]] const Entry* find_by_subject(const DistinguishedName& subject,
                                               ConnectionType type) const;
    // Finds only users that may use this type of connection.
    [[nodiscard]] const Entry* find_user_for(std::string_view name, ConnectionType type) const;
    [[nodiscard]] static Result<StaticLogin> admit(const Entry& entry, ConnectionType type,
                                                   bool through_trusted_proxy);

    std::unordered_map<std::string, Entry> users_;  // by name
    std::unordered_map<std::string, Entry> nkeys_;  // by public key
    // Users whose names are subjects of certificates, by ordered and by unordered key.
    std::unordered_multimap<std::string, std::string> subjects_;
    std::unordered_multimap<std::string, std::string> reordered_subjects_;
    std::optional<Entry> single_;  // user or token
    bool single_is_token_ = false;
    std::string decoy_;  // a hash as slow as those of users; empty: users have none
    bool certificates_name_users_ = false;
};

}  // namespace midge
