#pragma once
// The common settings of a listener's TLS connections, or of those to a remote server:
// certificates, trusted authorities, versions and ciphers (docs/protocol/configuration.md, TLS
// block).
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace midge {

struct TlsCertificate {
    std::string certificate_file;  // PEM: the server's own certificate, then those up to its root
    std::string key_file;          // PEM, without a passphrase
};

enum class TlsSide : uint8_t { server, client };

struct TlsSettings {
    TlsSide side = TlsSide::server;
    // The server's side can make no handshake without a certificate.
    std::vector<TlsCertificate> certificates;
    std::string ca_file;  // PEM; empty: those that the system trusts
    // Server's side: a client must show a certificate signed by `ca_file`.
    bool verify_client = false;
    // Client's side: accepts any certificate, of any host.
    bool insecure = false;
    // IANA names. If no name is of TLS 1.3, its default applies; if all are of TLS 1.3, only TLS
    // 1.3 is offered.
    std::vector<std::string> cipher_suites;
    std::vector<std::string> curves;  // "X25519", "CurveP256", ...; empty: Go's defaults
    bool tls13_only = false;
    std::vector<std::string>
        pinned_certificates;  // SHA-256 of SubjectPublicKeyInfo, lower case hex
};

// Immutable; usable from any thread. Clients resume sessions with tickets, whose keys end with the
// context, so that every connection of the next context sees a renewed certificate or the removal
// of a CA.
class TlsContext {
  public:
    // Reads the files. Errors have nats-server's text where it has one.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> from(TlsSettings settings);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    [[nodiscard]] const TlsSettings& settings() const noexcept { return settings_; }
    // The end of the validity of the first certificate; 0: there is none.
    [[nodiscard]] WallNanos certificate_expires() const;
    // Makes the TLS state of one connection; null if there is no memory. `host`, for the client's
    // side, is the name or numeric address that the peer's certificate must have.
    [[nodiscard]] ssl_st* make_side(const std::string& host) const;

  private:
    TlsContext(TlsSettings settings, ssl_ctx_st* context);
    const TlsSettings settings_;
    ssl_ctx_st* const context_;
};

}  // namespace midge
