#include <algorithm>
#include <array>

#include "config/read_tls.h"

namespace midge {
namespace {

constexpr auto cipher_suites = std::to_array<CipherSuiteName>({
    {"TLS_AES_128_GCM_SHA256", true},
    {"TLS_AES_256_GCM_SHA384", true},
    {"TLS_CHACHA20_POLY1305_SHA256", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", true},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", true},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", true},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", true},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", true},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", true},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", true},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", false},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", false},
    {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", false},
    {"TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", false},
    {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", false},
    {"TLS_RSA_WITH_AES_128_CBC_SHA", false},
    {"TLS_RSA_WITH_AES_256_CBC_SHA", false},
    {"TLS_RSA_WITH_AES_128_CBC_SHA256", false},
    {"TLS_RSA_WITH_AES_128_GCM_SHA256", false},
    {"TLS_RSA_WITH_AES_256_GCM_SHA384", false},
    {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", false},
    {"TLS_RSA_WITH_RC4_128_SHA", false},
});

constexpr auto curves = std::to_array<std::string_view>({
    "X25519",
    "CurveP256",
    "CurveP384",
    "CurveP521",
    "X25519MLKEM768",
    "SecP256r1MLKEM768",
    "SecP384r1MLKEM1024",
});

}  // namespace

const CipherSuiteName* find_cipher_suite(std::string_view name) {
    const auto found =
        std::find_if(cipher_suites.begin(), cipher_suites.end(),
                     [&](const CipherSuiteName& suite) { return suite.name == name; });
    return found == cipher_suites.end() ? nullptr : found;
}

bool is_curve_name(std::string_view name) {
    return std::find(curves.begin(), curves.end(), name) != curves.end();
}

}  // namespace midge
