#include "net/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace midge {
namespace {

// As Go's library has them: the fast one for hardware with AES first, older ones for older clients
// last.
constexpr const char* tls13_suites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* tls12_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA";

struct Curve {
    std::string_view name;
    const char* openssl_name;
};
constexpr std::array<Curve, 4> curves = {
    {{"X25519", "X25519"}, {"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}}};

struct ContextCloser {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Context = std::unique_ptr<SSL_CTX, ContextCloser>;

// What OpenSSL says of its failure: the first entry of its queue is the cause, what follows says
// who passed it on. The queue is empty afterwards.
std::string openssl_text() {
    const unsigned long code = ERR_peek_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? "unknown error" : reason;
}

Result<std::string> read_file(const std::string& path) {
    errno = 0;
    std::ifstream file(std::filesystem::path(path), std::ios::binary);
    if (!file)
        return fail(Errc::invalid,
                    fmt::format("open {}: {}", path,
                                to_lower_ascii(std::generic_category().message(errno))));
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// The usual mistakes, in nats-server's words; empty if there is none.
std::string_view what_is_wrong_with_pem(std::string_view certificate, std::string_view key) {
    constexpr std::string_view begin = "-----BEGIN ";
    constexpr std::string_view certificate_begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view key_begin_end = "PRIVATE KEY-----";
    const auto has = [](std::string_view text, std::string_view part) {
        return text.find(part) != std::string_view::npos;
    };
    if (!has(certificate, begin)) return "tls: failed to find any PEM data in certificate input";
    if (!has(certificate, certificate_begin) && has(certificate, key_begin_end)) {
        return "tls: failed to find certificate PEM data in certificate input, but did find a "
               "private key; PEM inputs may have been switched";
    }
    if (!has(key, begin)) return "tls: failed to find any PEM data in key input";
    if (!has(key, key_begin_end) && has(key, certificate_begin))
        return "tls: found a certificate rather than a key in the PEM for the private key";
    return {};
}

Result<> use_certificate(SSL_CTX* context, const TlsCertificate& files) {
    constexpr std::string_view what = "error parsing X509 certificate/key pair: ";
    const auto certificate = read_file(files.certificate_file);
    if (!certificate) return fail(Errc::invalid, std::string(what) + certificate.error().text);
    const auto key = read_file(files.key_file);
    if (!key) return fail(Errc::invalid, std::string(what) + key.error().text);
    if (const auto wrong = what_is_wrong_with_pem(*certificate, *key); !wrong.empty())
        return fail(Errc::invalid, fmt::format("{}{}", what, wrong));
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate_file.c_str()) != 1)
        return fail(Errc::invalid, fmt::format("{}{}", what, openssl_text()));
    if (SSL_CTX_use_PrivateKey_file(context, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        const auto reason = ERR_GET_REASON(ERR_peek_error());
        std::string why = openssl_text();
        if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH)
            why = "tls: private key does not match public key";
        return fail(Errc::invalid, fmt::format("{}{}", what, why));
    }
    return {};
}

// Instead of OpenSSL's, which would ask on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return 0;
}

struct CertificateCloser {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using Certificate = std::unique_ptr<X509, CertificateCloser>;

// The certificate that `pem` begins with; null when there is none that can be read.
Certificate certificate_at(std::string_view pem) {
    BIO* const memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    if (memory == nullptr) return nullptr;
    Certificate certificate(PEM_read_bio_X509(memory, nullptr, nullptr, nullptr));
    BIO_free(memory);
    ERR_clear_error();
    return certificate;
}

// Trusts the certificates of a bundle. What else is in it is passed over, as nats-server does:
// text, and blocks that are damaged.
Result<> use_bundle(SSL_CTX* context, std::string_view bundle) {
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    constexpr std::string_view end = "-----END CERTIFICATE-----";
    bool any = false;
    for (size_t at = bundle.find(begin); at != std::string_view::npos;) {
        const size_t stop = bundle.find(end, at);
        if (stop == std::string_view::npos) break;
        const Certificate certificate = certificate_at(bundle.substr(at, stop + end.size() - at));
        if (certificate) {
            any = true;
            X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
            // Tells the client which certificates it may offer.
            SSL_CTX_add_client_CA(context, certificate.get());
        }
        at = bundle.find(begin, certificate ? stop : at + begin.size());
    }
    if (!any) return fail(Errc::invalid, "failed to parse root ca certificate");
    return {};
}

Result<> use_authorities(SSL_CTX* context, const std::string& path) {
    if (path.empty()) {
        SSL_CTX_set_default_verify_paths(context);
        return {};
    }
    auto bundle = read_file(path);
    if (!bundle) return pass(bundle);
    return use_bundle(context, *bundle);
}

Result<> use_cipher_suites(SSL_CTX* context, const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        const char* const openssl_name = OPENSSL_cipher_name(name.c_str());
        if (openssl_name == nullptr || std::string_view(openssl_name) == "(NONE)") {
            return fail(
                Errc::unsupported,
                fmt::format("cipher {} is not supported yet: OpenSSL has none of this name", name));
        }
        // The three suites of TLS 1.3 cannot be chosen, neither here nor in nats-server.
        if (std::string_view(openssl_name).starts_with("TLS_")) continue;
        list += (list.empty() ? "" : ":") + std::string(openssl_name);
    }
    SSL_CTX_set_ciphersuites(context, tls13_suites);
    if (SSL_CTX_set_cipher_list(context, list.empty() ? tls12_suites : list.c_str()) != 1)
        return fail(Errc::invalid, "cipher_suites: " + openssl_text());
    return {};
}

Result<> use_curves(SSL_CTX* context, const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        const Curve* found = nullptr;
        for (const Curve& curve : curves) found = curve.name == name ? &curve : found;
        if (found == nullptr) {
            return fail(Errc::unsupported,
                        fmt::format("curve preference {} is not supported yet", name));
        }
        list += (list.empty() ? "" : ":") + std::string(found->openssl_name);
    }
    if (!list.empty() && SSL_CTX_set1_groups_list(context, list.c_str()) != 1)
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
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context) return fail("TLS: " + openssl_text());
    SSL_CTX_set_min_proto_version(context.get(),
                                  settings.tls13_only ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                           SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    // An idle connection gives its record buffers back.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
    for (const TlsCertificate& files : settings.certificates) {
        if (auto used = use_certificate(context.get(), files); !used) return pass(used);
    }
    if (settings.verify_client || !settings.ca_file.empty()) {
        if (auto used = use_authorities(context.get(), settings.ca_file); !used) return pass(used);
    }
    if (settings.verify_client) {
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           nullptr);
    }
    if (auto used = use_cipher_suites(context.get(), settings.cipher_suites); !used)
        return pass(used);
    if (auto used = use_curves(context.get(), settings.curves); !used) return pass(used);
    return std::shared_ptr<const TlsContext>(
        new TlsContext(std::move(settings), context.release()));
}

SSL* TlsContext::make_server_side() const {
    SSL* const ssl = SSL_new(context_);
    if (ssl != nullptr) SSL_set_accept_state(ssl);
    return ssl;
}

}  // namespace midge
