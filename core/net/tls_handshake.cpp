// TlsStream: the handshake, and its results about the peer.
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include "net/tls_call.h"
#include "net/tls_hello.h"
#include "net/tls_stream.h"
#include "net/tls_tickets.h"

namespace midge {
namespace {

// One hello fits. The rest follows in the next call.
constexpr size_t handshake_read_max = 16 * 1024;

struct FailureText {
    int reason;
    std::string_view text;
};
constexpr std::string_view no_tls = "tls: first record does not look like a TLS handshake";
// Texts of Go's TLS library, which nats-server uses, for failures that people search for in logs.
constexpr FailureText failure_texts[] = {
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "tls: client didn't provide a certificate"},
    {SSL_R_HTTP_REQUEST, no_tls},
    {SSL_R_HTTPS_PROXY_REQUEST, no_tls},
    {SSL_R_WRONG_VERSION_NUMBER, no_tls},
    {SSL_R_TLSV1_ALERT_UNKNOWN_CA, "remote error: tls: unknown certificate authority"},
    {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "remote error: tls: bad certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "remote error: tls: unknown certificate"},
    {SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "remote error: tls: expired certificate"},
};

std::string_view verify_text(long result) {
    switch (result) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_INVALID_CA:
            return "certificate signed by unknown authority";
        case X509_V_ERR_INVALID_PURPOSE:
            return "certificate specifies an incompatible key usage";
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "certificate has expired or is not yet valid";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "certificate is not valid for the name or address of the server";
        default:
            return X509_verify_cert_error_string(result);
    }
}

std::string failure_text(const SSL* ssl, const HandshakeNotes& notes) {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) return "tls: handshake failure";
    const int reason = ERR_GET_REASON(code);
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        return fmt::format("tls: failed to verify certificate: x509: {}{}",
                           verify_text(SSL_get_verify_result(ssl)), notes.refused);
    }
    if (reason == SSL_R_UNSUPPORTED_PROTOCOL)
        return "tls: client offered only unsupported versions: " + notes.versions;
    if (reason == SSL_R_NO_SHARED_CIPHER) {
        return "tls: no cipher suite supported by both client and server; client offered: " +
               notes.suites;
    }
    for (const FailureText& known : failure_texts) {
        if (known.reason == reason) return std::string(known.text);
    }
    const char* const text = ERR_reason_error_string(code);
    return fmt::format("tls: {}", text == nullptr ? "handshake failure" : text);
}

struct NamedType {
    int nid;
    const char* name;
};
// Names as in nats-server.
constexpr NamedType named_types[] = {
    {NID_commonName, "CN"},      {NID_serialNumber, "SERIALNUMBER"}, {NID_countryName, "C"},
    {NID_localityName, "L"},     {NID_stateOrProvinceName, "ST"},    {NID_streetAddress, "STREET"},
    {NID_organizationName, "O"}, {NID_organizationalUnitName, "OU"}, {NID_postalCode, "POSTALCODE"},
    {NID_domainComponent, "DC"}};

struct CertificateCloser {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
using PeerCertificate = std::unique_ptr<X509, CertificateCloser>;

struct NamesCloser {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

// Returns an empty text if it contains a NUL, because other readers would cut it there.
std::string text_of(const ASN1_IA5STRING* text) {
    std::string out(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<size_t>(ASN1_STRING_length(text)));
    return out.find('\0') == std::string::npos ? out : std::string();
}

void add_alternatives(const X509* certificate, std::vector<std::string>& out) {
    const std::unique_ptr<GENERAL_NAMES, NamesCloser> names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    if (!names) return;
    for (const int type : {GEN_EMAIL, GEN_DNS, GEN_URI}) {
        for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
            const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
            if (name->type != type) continue;
            if (std::string text = text_of(name->d.ia5); !text.empty())
                out.push_back(std::move(text));
        }
    }
}

using SubjectSets = decltype(TlsStream::PeerNames::subject);

std::string attribute_type(const ASN1_OBJECT* type) {
    const int known = OBJ_obj2nid(type);
    for (const NamedType& named : named_types) {
        if (named.nid == known) return named.name;
    }
    std::array<char, 128> dotted{};
    const int size = OBJ_obj2txt(dotted.data(), static_cast<int>(dotted.size()), type, 1);
    return size > 0 ? dotted.data() : "?";
}

// Attributes with the same set number of the certificate belong together.
SubjectSets subject_sets(const X509* certificate) {
    SubjectSets sets;
    const X509_NAME* const subject = X509_get_subject_name(certificate);
    int set = -1;
    for (int i = 0; i < X509_NAME_entry_count(subject); ++i) {
        const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(subject, i);
        if (sets.empty() || X509_NAME_ENTRY_set(entry) != set) sets.emplace_back();
        set = X509_NAME_ENTRY_set(entry);
        unsigned char* utf8 = nullptr;
        const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
        if (size < 0) return {};  // not a text, so no user can have it as a name
        sets.back().emplace_back(
            attribute_type(X509_NAME_ENTRY_get_object(entry)),
            std::string(reinterpret_cast<const char*>(utf8), static_cast<size_t>(size)));
        OPENSSL_free(utf8);
    }
    std::reverse(sets.begin(), sets.end());
    return sets;
}

std::string hex_text(const unsigned char* bytes, size_t count) {
    std::string hex;
    for (size_t i = 0; i < count; ++i) hex += fmt::format("{:02x}", bytes[i]);
    return hex;
}

// Returns the subject as in RFC 2253 ("CN=bob,O=acme"), with characters of all scripts.
std::string subject_text(const X509* certificate) {
    constexpr unsigned long flags =
        XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    if (!memory) return {};
    X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, flags);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<size_t>(size)};
}

std::string spki_sha256(const X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned digest_size = 0;
    const int hashed = EVP_Digest(der, static_cast<size_t>(size), digest.data(), &digest_size,
                                  EVP_sha256(), nullptr);
    OPENSSL_free(der);
    return hashed == 1 ? hex_text(digest.data(), digest_size) : std::string();
}

std::string certificate_sha256(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned digest_size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &digest_size) != 1) return {};
    return hex_text(digest.data(), digest_size);
}

TlsStream::PeerCertificateNote note_of(const X509* certificate) {
    return {subject_text(certificate), spki_sha256(certificate), certificate_sha256(certificate)};
}

// Returns " (CN=bob,O=acme SHA-256: 763a...)", which identifies the certificate in a log.
std::string certificate_text(const X509* certificate) {
    const std::string digest = certificate_sha256(certificate);
    if (digest.empty()) return {};
    return fmt::format(" ({} SHA-256: {})", subject_text(certificate), digest);
}

// Writes to the notes that the connection's application data points to.
int note_refused(int good, X509_STORE_CTX* verification) {
    if (good == 1) return good;
    const auto* const ssl = static_cast<SSL*>(
        X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const X509* const certificate = X509_STORE_CTX_get0_cert(verification);
    auto* const notes =
        ssl == nullptr ? nullptr : static_cast<HandshakeNotes*>(SSL_get_app_data(ssl));
    if (notes != nullptr && certificate != nullptr) notes->refused = certificate_text(certificate);
    return good;
}

}  // namespace

void TlsStream::take_notes() {
    notes_ = std::make_unique<HandshakeNotes>();
    SSL_set_app_data(ssl_, notes_.get());
    SSL_set_verify(ssl_, SSL_get_verify_mode(ssl_), note_refused);
}

TlsStream::Progress TlsStream::handshake() {
    const OneCall call(*this);
    if (broken_) return Progress::failed;
    const IoResult::Kind filled = fill(handshake_read_max);
    const int result = SSL_do_handshake(ssl_);
    const int error = SSL_get_error(ssl_, result);
    if (error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ) {
        failure_ = failure_text(ssl_, *notes_);
        broken_ = true;
    }
    // The alert of a failure is sent, too.
    const IoResult::Kind flushed = flush();
    if (broken_) return Progress::failed;
    const bool gone = flushed == IoResult::Kind::closed || flushed == IoResult::Kind::failed;
    if (gone || (result != 1 && filled == IoResult::Kind::closed)) {
        // The end is unexpected within a record.
        failure_ = SSL_has_pending(ssl_) == 1 ? "unexpected EOF" : "EOF";
        broken_ = true;
        return Progress::failed;
    }
    if (result != 1 && filled == IoResult::Kind::failed) {
        failure_ = "read error";
        broken_ = true;
        return Progress::failed;
    }
    if (flushed == IoResult::Kind::would_block) return Progress::wants_write;
    if (result == 1) {
        SSL_set_app_data(ssl_, nullptr);
        notes_.reset();
    }
    return result == 1 ? Progress::done : Progress::wants_read;
}

bool TlsStream::is_no_tls() const noexcept {
    return failure_ == no_tls;
}

std::string TlsStream::version() const {
    const std::lock_guard lock(mutex_);
    const std::string_view name = SSL_get_version(ssl_);  // "TLSv1.3"
    return std::string(name.starts_with("TLSv") ? name.substr(4) : name);
}

std::string TlsStream::cipher_suite() const {
    const std::lock_guard lock(mutex_);
    const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl_);
    const char* const name = cipher == nullptr ? nullptr : SSL_CIPHER_standard_name(cipher);
    return name == nullptr ? "unknown" : name;
}

TlsStream::PeerNames TlsStream::peer_names() const {
    const std::lock_guard lock(mutex_);
    PeerNames out;
    const PeerCertificate certificate(SSL_get1_peer_certificate(ssl_));
    if (!certificate) return out;
    add_alternatives(certificate.get(), out.alternatives);
    out.subject = subject_sets(certificate.get());
    return out;
}

std::vector<TlsStream::PeerCertificateNote> TlsStream::peer_certificates() const {
    const std::lock_guard lock(mutex_);
    std::vector<PeerCertificateNote> notes;
    // On the server's side, the client's own certificate is not in this list.
    const PeerCertificate own(SSL_get1_peer_certificate(ssl_));
    if (!own) return notes;
    notes.push_back(note_of(own.get()));
    const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl_);
    for (int i = SSL_is_server(ssl_) != 0 ? 0 : 1; i < sk_X509_num(chain); ++i)
        notes.push_back(note_of(sk_X509_value(chain, i)));
    return notes;
}

std::vector<std::string> TlsStream::verified_chain() const {
    const std::lock_guard lock(mutex_);
    return verified_chain_of(ssl_);
}

bool TlsStream::peer_is_pinned() const {
    const std::lock_guard lock(mutex_);
    const auto& pinned = context_->settings().pinned_certificates;
    if (pinned.empty()) return true;
    const PeerCertificate certificate(SSL_get1_peer_certificate(ssl_));
    if (!certificate) return false;
    return std::find(pinned.begin(), pinned.end(), spki_sha256(certificate.get())) != pinned.end();
}

}  // namespace midge
