#pragma once
// What a client brings to its login.
#include <cstdint>
#include <optional>
#include <string>

#include "auth/callout_claims.h"
#include "auth/static_login.h"
#include "login/hash_pool.h"
#include "protocol/connect.h"

namespace midge {

struct LoginRequest {
    ConnectOptions connect;
    std::string nonce;
    std::string client_ip;
    // With `verify_and_map`: of the client's certificate, which names the user.
    std::optional<CertificateNames> certificate;
    std::optional<CalloutTls> tls;  // for a callout service
    uint64_t client_id = 0;
    Waiting waiting = {};    // ended when the client goes; null: nobody tells
    std::string proxy = {};  // key of the trusted proxy that it comes through, once that is proved
};

// The nkey or the user that CONNECT names; may be empty.
[[nodiscard]] const std::string& offered_user(const ConnectOptions& connect) noexcept;
// Who the client says it is: its user, its JWT's key or its token. `jwt_subject`: the key of its
// JWT, if it has one.
[[nodiscard]] std::string offered_id(const ConnectOptions& connect, const std::string& jwt_subject);
// The same to show it, without the token.
[[nodiscard]] std::string offered_name(const ConnectOptions& connect,
                                       const std::string& jwt_subject);

}  // namespace midge
