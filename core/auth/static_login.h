#pragma once
// Users, nkeys, token and single user of the configuration (spec client-protocol.md 7, config.md
// 5).
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
        permissions;  // nothing: default_permissions if `account` is empty
    std::vector<std::string> allowed_connection_types;
    bool proxy_required = false;
};

struct StaticAuthSpec {
    std::vector<StaticUserSpec> users;
    std::string user;  // the single user; only without `users`
    std::string password;
    std::string token;            // plain or bcrypt; only without `users`
    bool proxy_required = false;  // of the single user, or of the token
    std::optional<PermissionSpec> default_permissions;
    // Some listener finds users by their certificates: without a password, they come that way only.
    bool certificates_name_users = false;
};

// Of a client's certificate, which was verified.
struct CertificateNames {
    std::vector<std::string> alternatives;  // in the order in which they are tried
    DistinguishedName subject;
};

// What a client offers in CONNECT; views last for the call.
struct StaticOffer {
    std::string_view user;
    std::string_view password;
    std::string_view token;
    std::string_view nkey;
    std::string_view signature;  // base64url or base64
    std::string_view nonce;      // as sent in INFO
    ConnectionType connection_type = ConnectionType::standard;
    // With `verify_and_map`: names the user, whatever CONNECT says of user and password; names
    // nobody without TLS.
    const CertificateNames* certificate = nullptr;
    bool through_trusted_proxy = false;
};

struct StaticLogin {
    std::string name;     // user name, nkey, or empty for a token
    std::string account;  // empty: the global account
    bool by_nkey = false;
    std::shared_ptr<const Permissions>
        permissions;  // shared by all sessions of the user; null: all allowed
};

// Built from the configuration, immutable after that; const functions are safe from any thread.
class StaticUsers {
  public:
    // Fails with Errc::invalid on a user without name and nkey, on duplicates and on what is not a
    // user's public key.
    [[nodiscard]] static Result<StaticUsers> from(const StaticAuthSpec& spec);

    // Whether clients have to authenticate at all.
    [[nodiscard]] bool required() const noexcept;
    [[nodiscard]] bool any_nkey() const noexcept { return !nkeys_.empty(); }
    // Of those that a certificate may name.
    [[nodiscard]] bool any_user() const noexcept { return !users_.empty(); }
    // Whether check() of this offer would run bcrypt, so belongs on a worker thread.
    [[nodiscard]] bool needs_slow_check(const StaticOffer& offer) const;
    // Whom the certificate names on a connection of this type; empty: nobody.
    [[nodiscard]] std::string name_of(const CertificateNames& certificate,
                                      ConnectionType connection_type) const;
    // Whether the user of the offer may only come through a trusted proxy, and does not.
    [[nodiscard]] bool lacks_proxy(const StaticOffer& offer) const;
    // Gives the user if the offer proves to be one; an Error's text is the true reason, for the log
    // only.
    [[nodiscard]] Result<StaticLogin> check(const StaticOffer& offer) const;
    // The user or nkey of `no_auth_user`, without any proof; where it comes from is still checked.
    [[nodiscard]] Result<StaticLogin> without_proof(std::string_view name_or_nkey,
                                                    ConnectionType connection_type,
                                                    bool through_trusted_proxy) const;
    // Who needs no name: whoever has the token, or comes where nobody has to log in.
    [[nodiscard]] Result<StaticLogin> without_name() const;

  private:
    struct Entry {
        StaticLogin login;
        std::string password;
        std::vector<std::string> allowed_connection_types;
        bool proxy_required = false;
    };
    [[nodiscard]] const Entry* find_user(std::string_view name) const;
    // Whose password or token decides about the offer, and which of the offer's texts has to match
    // it.
    [[nodiscard]] const Entry* find_secret(const StaticOffer& offer,
                                           std::string_view& secret) const;
    [[nodiscard]] Result<StaticLogin> check_nkey(const StaticOffer& offer) const;
    void index_subject(const std::string& name);
    [[nodiscard]] const Entry* find_by_certificate(const CertificateNames& certificate,
                                                   ConnectionType type) const;
    [[nodiscard]] const Entry* find_by_subject(const DistinguishedName& subject,
                                               ConnectionType type) const;
    // Only such as may come by connections of this type.
    [[nodiscard]] const Entry* find_user_for(std::string_view name, ConnectionType type) const;
    [[nodiscard]] static Result<StaticLogin> admit(const Entry& entry, ConnectionType type,
                                                   bool through_trusted_proxy);

    std::unordered_map<std::string, Entry> users_;  // by name
    std::unordered_map<std::string, Entry> nkeys_;  // by public key
    // Names of users that are subjects of certificates, by their ordered and unordered keys.
    std::unordered_multimap<std::string, std::string> subjects_;
    std::unordered_multimap<std::string, std::string> reordered_subjects_;
    std::optional<Entry> single_;  // user or token
    bool single_is_token_ = false;
    std::string decoy_;  // a hash that takes as long as those of users; empty: they have none
    bool certificates_name_users_ = false;
};

}  // namespace midge
