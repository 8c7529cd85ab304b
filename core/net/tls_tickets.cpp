#include "net/tls_tickets.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "base/clock.h"
#include "net/tls_files.h"

namespace midge {
namespace {

// The limit of a chain in a ticket, because the ticket is part of every hello. Sessions with a
// longer chain cannot be resumed.
constexpr size_t ticket_chain_bytes_max = 8 * 1024;
constexpr unsigned char session_context[] = "midge";

using OwnedCertificate = std::unique_ptr<X509, decltype(&X509_free)>;

// Reads certificates that were written one after the other as DER.
std::vector<OwnedCertificate> read_chain(const SSL_SESSION* session) {
    std::vector<OwnedCertificate> chain;
    void* data = nullptr;
    size_t size = 0;
    // The function only reads, but its parameter is not const.
    auto* const readable = const_cast<SSL_SESSION*>(session);
    if (session == nullptr || SSL_SESSION_get0_ticket_appdata(readable, &data, &size) != 1)
        return chain;
    const auto* at = static_cast<const unsigned char*>(data);
    const unsigned char* const end = at + size;
    while (at != nullptr && at < end) {
        X509* const next = d2i_X509(nullptr, &at, end - at);
        if (next == nullptr) return {};
        chain.emplace_back(next, X509_free);
    }
    return chain;
}

int write_chain(SSL* ssl, void* /*argument*/) {
    const STACK_OF(X509)* const verified = SSL_get0_verified_chain(ssl);
    // The next ticket of a resumed session gets the chain of the previous ticket.
    if (verified == nullptr || SSL_session_reused(ssl) != 0) return 1;
    std::string bytes;
    for (int i = 0; i < sk_X509_num(verified); ++i) {
        unsigned char* der = nullptr;
        const int size = i2d_X509(sk_X509_value(verified, i), &der);
        if (size <= 0) return 1;
        bytes.append(reinterpret_cast<const char*>(der), static_cast<size_t>(size));
        OPENSSL_free(der);
    }
    if (bytes.size() <= ticket_chain_bytes_max)
        SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), bytes.data(), bytes.size());
    return 1;
}

// OpenSSL uses the system's clock, and not Midge's, which tests move.
bool is_young(const SSL_SESSION* session) {
    if (session == nullptr) return false;
    const int64_t age = wall_now_seconds() - SSL_SESSION_get_time(session);
    return age <= ticket_lifetime_seconds;
}

bool are_certificates_within_their_time(const SSL_SESSION* session) {
    const std::vector<OwnedCertificate> chain = read_chain(session);
    for (const OwnedCertificate& certificate : chain) {
        if (X509_cmp_current_time(X509_get0_notBefore(certificate.get())) >= 0 ||
            X509_cmp_current_time(X509_get0_notAfter(certificate.get())) <= 0)
            return false;
    }
    return !chain.empty();
}

SSL_TICKET_RETURN judge_ticket(SSL* ssl, SSL_SESSION* session, const unsigned char* /*name*/,
                               size_t /*name_size*/, SSL_TICKET_STATUS status, void* /*argument*/) {
    const bool readable = status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW;
    const bool verified = (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0;
    if (!readable || !is_young(session) ||
        (verified && !are_certificates_within_their_time(session))) {
        ERR_clear_error();
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

std::string pem_of(X509* certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1) return {};
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<size_t>(size)};
}

}  // namespace

Result<> use_tickets(SSL_CTX* context, bool verify_client) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_timeout(context, static_cast<long>(ticket_lifetime_seconds));
    const bool set =
        SSL_CTX_set_session_id_context(context, session_context, sizeof session_context - 1) == 1 &&
        SSL_CTX_set_session_ticket_cb(context, verify_client ? write_chain : nullptr, judge_ticket,
                                      nullptr) == 1;
    if (!set) return fail("TLS: " + openssl_text());
    return {};
}

std::vector<std::string> verified_chain_of(SSL* ssl) {
    std::vector<std::string> chain;
    if (SSL_get_verify_result(ssl) != X509_V_OK) return chain;
    if (SSL_session_reused(ssl) != 0) {
        for (const OwnedCertificate& certificate : read_chain(SSL_get0_session(ssl)))
            chain.push_back(pem_of(certificate.get()));
        return chain;
    }
    const STACK_OF(X509)* const verified = SSL_get0_verified_chain(ssl);
    for (int i = 0; verified != nullptr && i < sk_X509_num(verified); ++i)
        chain.push_back(pem_of(sk_X509_value(verified, i)));
    return chain;
}

}  // namespace midge
