#include "net/tls_files.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace midge {
namespace {

// For a file with certificates or a key. The bundles of operating systems have 0.3 MB.
constexpr size_t pem_file_bytes_max = 16 * 1024 * 1024;

struct PemDeleter {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(STACK_OF(X509_NAME) * names) const {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
    }
};
template <class T>
using Pem = std::unique_ptr<T, PemDeleter>;

Pem<BIO> open_text(std::string_view text) {
    return Pem<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<std::string> read_pem_file(const std::string& path) {
    return read_text_file(path, {.bytes_max = pem_file_bytes_max});
}

// Returns a common mistake in nats-server's words, or an empty text.
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

// Replaces OpenSSL's function, which would ask on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
    return 0;
}

// Uses the server's own certificate, then those up to its root. Returns the first, or null.
Pem<X509> use_chain(SSL_CTX* context, std::string_view text) {
    const Pem<BIO> source = open_text(text);
    if (!source) return nullptr;
    Pem<X509> own(PEM_read_bio_X509_AUX(source.get(), nullptr, no_passphrase, nullptr));
    if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) return nullptr;
    SSL_CTX_clear_chain_certs(context);
    while (X509* const next = PEM_read_bio_X509(source.get(), nullptr, no_passphrase, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, next) == 1) continue;
        X509_free(next);
        return nullptr;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return nullptr;
    ERR_clear_error();
    return own;
}

// Returns an empty text, or the reason why the key cannot be used.
std::string use_key(SSL_CTX* context, X509* certificate, std::string_view text) {
    const Pem<BIO> source = open_text(text);
    const Pem<EVP_PKEY> key(
        source ? PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr) : nullptr);
    if (!key) return openssl_text();
    if (X509_check_private_key(certificate, key.get()) != 1) {
        ERR_clear_error();
        const EVP_PKEY* const other = X509_get0_pubkey(certificate);
        return other == nullptr || EVP_PKEY_base_id(other) != EVP_PKEY_base_id(key.get())
                   ? "tls: private key type does not match public key type"
                   : "tls: private key does not match public key";
    }
    return SSL_CTX_use_PrivateKey(context, key.get()) == 1 ? std::string() : openssl_text();
}

bool trust(SSL_CTX* context, STACK_OF(X509_NAME) * names, const Pem<X509>& authority) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) return false;
    X509_NAME* const name = X509_NAME_dup(X509_get_subject_name(authority.get()));
    if (name != nullptr && sk_X509_NAME_push(names, name) > 0) return true;
    X509_NAME_free(name);
    return false;
}

}  // namespace

std::string openssl_text() {
    const unsigned long code = ERR_peek_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? "unknown error" : reason;
}

Result<> use_certificate(SSL_CTX* context, const TlsCertificate& files, const std::string& number) {
    const std::string what = fmt::format("error parsing X509 certificate/key pair{}: ", number);
    const auto certificate = read_pem_file(files.certificate_file);
    if (!certificate) return fail(Errc::invalid, what + certificate.error().text);
    auto key = read_pem_file(files.key_file);
    if (!key) return fail(Errc::invalid, what + key.error().text);
    const auto refuse = [&](std::string_view why) {
        return fail(Errc::invalid, fmt::format("{}{} (cert_file {}, key_file {})", what, why,
                                               files.certificate_file, files.key_file));
    };
    if (const auto wrong = what_is_wrong_with_pem(*certificate, *key); !wrong.empty())
        return refuse(wrong);
    const Pem<X509> own = use_chain(context, *certificate);
    if (!own) return refuse(openssl_text());
    const std::string wrong = use_key(context, own.get(), *key);
    wipe(*key);
    if (!wrong.empty()) return refuse(wrong);
    return {};
}

Result<> use_authorities(SSL_CTX* context, const std::string& path) {
    if (path.empty()) {
        SSL_CTX_set_default_verify_paths(context);
        return {};
    }
    const auto text = read_pem_file(path);
    if (!text) return fail(Errc::invalid, text.error().text);
    Pem<STACK_OF(X509_NAME)> names(sk_X509_NAME_new_null());
    if (!names) return fail("TLS: " + openssl_text());
    int used = 0;
    // A damaged block, or one without end or certificate, does not affect the others.
    constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
    for (size_t at = text->find(begin); at != std::string::npos;) {
        const size_t next = text->find(begin, at + begin.size());
        const Pem<BIO> source = open_text(std::string_view(*text).substr(at, next - at));
        if (!source) return fail("TLS: " + openssl_text());
        const Pem<X509> authority(PEM_read_bio_X509(source.get(), nullptr, no_passphrase, nullptr));
        if (authority && trust(context, names.get(), authority)) ++used;
        ERR_clear_error();
        at = next;
    }
    if (used == 0) {
        return fail(Errc::invalid,
                    fmt::format("failed to parse root ca certificate (ca_file {})", path));
    }
    // The list tells clients which certificates they may offer.
    SSL_CTX_set_client_CA_list(context, names.release());
    return {};
}

}  // namespace midge
