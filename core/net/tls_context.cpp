#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <string_view>
#include <utility>

#include "net/tls_files.h"
#include "net/tls_hello.h"
#include "net/tls_tickets.h"

namespace midge {
namespace {

// The defaults of Go's library, with the suite that is fast on hardware with AES first, but without
// suites with CBC, which has known attacks. cipher_suites may still name those.
constexpr const char* tls13_suites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* tls12_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

struct Curve {
    std::string_view name;
    const char* openssl_name;
};
// Go's default is all of these curves, and it prefers the first. OpenSSL supports those with ML-KEM
// from 3.5 on, and also supports others that nats-server does not use.
constexpr std::array<Curve, 7> curves = {{{"X25519MLKEM768", "X25519MLKEM768"},
                                          {"SecP256r1MLKEM768", "SecP256r1MLKEM768"},
                                          {"SecP384r1MLKEM1024", "SecP384r1MLKEM1024"},
                                          {"X25519", "X25519"},
                                          {"CurveP256", "P-256"},
                                          {"CurveP384", "P-384"},
                                          {"CurveP521", "P-521"}}};

struct ContextCloser {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextCloser>;

// Whether OpenSSL supports this suite. Setting a list silently omits unsupported suites.
bool offers(const SSL_CTX* context, const char* openssl_name) {
    const STACK_OF(SSL_CIPHER)* const suites = SSL_CTX_get_ciphers(context);
    for (int i = 0; i < sk_SSL_CIPHER_num(suites); ++i) {
        if (std::string_view(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(suites, i))) == openssl_name)
            return true;
    }
    return false;
}

Result<> use_cipher_suites(SSL_CTX* context, const std::vector<std::string>& names) {
    std::string older;
    std::string newer;
    std::vector<std::pair<std::string, const char*>> wanted;
    for (const std::string& name : names) {
        const char* const openssl_name = OPENSSL_cipher_name(name.c_str());
        wanted.emplace_back(name, openssl_name == nullptr ? "(NONE)" : openssl_name);
        const std::string_view found = wanted.back().second;
        std::string& list = found.starts_with("TLS_") ? newer : older;
        list += (list.empty() ? "" : ":") + std::string(found);
    }
    // If only suites of TLS 1.3 are named, TLS 1.2 is not allowed. If only suites of TLS 1.2 are
    // named, TLS 1.3 stays allowed, as in nats-server.
    if (older.empty() && !newer.empty()) SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    const bool set =
        SSL_CTX_set_ciphersuites(context, newer.empty() ? tls13_suites : newer.c_str()) == 1 &&
        SSL_CTX_set_cipher_list(context, older.empty() ? tls12_suites : older.c_str()) == 1;
    ERR_clear_error();
    for (const auto& [name, openssl_name] : wanted) {
        if (set && offers(context, openssl_name)) continue;
        if (set || std::string_view(openssl_name) == "(NONE)") {
            return fail(
                Errc::unsupported,
                fmt::format("cipher {} is not supported yet: OpenSSL has none of this name", name));
        }
    }
    if (!set) return fail(Errc::invalid, "cipher_suites: OpenSSL offers none of these");
    return {};
}

// Tries to set only this curve, which shows whether OpenSSL supports it.
bool try_curve(SSL_CTX* context, const Curve& curve) {
    const bool set = SSL_CTX_set1_groups_list(context, curve.openssl_name) == 1;
    ERR_clear_error();
    return set;
}

Result<> use_curves(SSL_CTX* context, const std::vector<std::string>& names) {
    std::vector<const Curve*> used;
    for (const std::string& name : names) {
        const Curve* found = nullptr;
        for (const Curve& curve : curves) found = curve.name == name ? &curve : found;
        if (found == nullptr || !try_curve(context, *found)) {
            return fail(Errc::unsupported,
                        fmt::format("curve preference {} is not supported yet", name));
        }
        // OpenSSL refuses a curve that is named twice.
        if (std::find(used.begin(), used.end(), found) == used.end()) used.push_back(found);
    }
    if (names.empty()) {
        for (const Curve& curve : curves) {
            if (try_curve(context, curve)) used.push_back(&curve);
        }
    }
    std::string list;
    for (const Curve* const curve : used)
        list += (list.empty() ? "" : ":") + std::string(curve->openssl_name);
    if (SSL_CTX_set1_groups_list(context, list.c_str()) != 1)
        return fail(Errc::invalid, "curve_preferences: " + openssl_text());
    return {};
}

}  // namespace

TlsContext::TlsContext(TlsSettings settings, SSL_CTX* context)
    : settings_(std::move(settings)), context_(context) {}

TlsContext::~TlsContext() {
    SSL_CTX_free(context_);
}

Result<std::shared_ptr<const TlsContext>> TlsContext::from(TlsSettings settings) {
    ERR_clear_error();
    const bool is_server = settings.side == TlsSide::server;
    Context context(SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method()));
    if (!context) return fail("TLS: " + openssl_text());
    SSL_CTX_set_min_proto_version(context.get(),
                                  settings.tls13_only ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE |
                                           SSL_OP_PRIORITIZE_CHACHA);
    // Makes idle connections release their record buffers.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    const size_t count = settings.certificates.size();
    for (size_t i = 0; i < count; ++i) {
        const std::string number = count == 1 ? std::string() : fmt::format(" {}/{}", i + 1, count);
        if (auto used = use_certificate(context.get(), settings.certificates[i], number); !used)
            return pass(used);
    }
    const bool verifies = is_server ? settings.verify_client : !settings.insecure;
    if (verifies || (is_server && !settings.ca_file.empty())) {
        if (auto used = use_authorities(context.get(), settings.ca_file); !used) return pass(used);
    }
    if (verifies) {
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           nullptr);
    }
    if (is_server) {
        note_hellos(context.get());
        if (auto used = use_tickets(context.get(), settings.verify_client); !used)
            return pass(used);
    }
    if (auto used = use_cipher_suites(context.get(), settings.cipher_suites); !used)
        return pass(used);
    if (auto used = use_curves(context.get(), settings.curves); !used) return pass(used);
    return std::shared_ptr<const TlsContext>(
        new TlsContext(std::move(settings), context.release()));
}

WallNanos TlsContext::certificate_expires() const {
    constexpr int64_t nanos_per_second = 1'000'000'000;
    const X509* const certificate = SSL_CTX_get0_certificate(context_);
    std::tm ends{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &ends) != 1)
        return 0;
    ends.tm_isdst = 0;
    const auto day = std::chrono::sys_days(std::chrono::year(ends.tm_year + 1900) /
                                           (ends.tm_mon + 1) / ends.tm_mday);
    const std::chrono::seconds time = std::chrono::hours(ends.tm_hour) +
                                      std::chrono::minutes(ends.tm_min) +
                                      std::chrono::seconds(ends.tm_sec);
    return std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch() + time).count() *
           nanos_per_second;
}

SSL* TlsContext::make_side(const std::string& host) const {
    SSL* const ssl = SSL_new(context_);
    if (ssl == nullptr) return nullptr;
    if (settings_.side == TlsSide::server) {
        SSL_set_accept_state(ssl);
        return ssl;
    }
    SSL_set_connect_state(ssl);
    X509_VERIFY_PARAM* const verification = SSL_get0_param(ssl);
    const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(verification, host.c_str()) == 1;
    ERR_clear_error();
    // An address must not be sent as the name of a server (RFC 6066).
    const bool set = is_address || (SSL_set1_host(ssl, host.c_str()) == 1 &&
                                    SSL_set_tlsext_host_name(ssl, host.c_str()) == 1);
    if (set) return ssl;
    SSL_free(ssl);
    return nullptr;
}

}  // namespace midge
