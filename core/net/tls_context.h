#pragma once
// What the TLS connections of a listener, or those to a remote server, share: certificates, whom to
// trust, which versions and ciphers (spec config.md 8).
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace midge {

struct TlsCertificate {
    std::string certificate_file;  // PEM, the server's first, then those that lead to its root
    std::string key_file;          // PEM, without a passphrase
};

enum class TlsSide : uint8_t { server, client };

struct TlsSettings {
    TlsSide side = TlsSide::server;
    // Without any, no handshake of the server's side succeeds.
    std::vector<TlsCertificate> certificates;
    std::string ca_file;  // PEM; empty: the system's
    // Server's side: no handshake without a certificate of `ca_file`.
    bool verify_client = false;
    // Client's side: takes any certificate, of any host.
    bool insecure = false;
    // By their IANA names. None of TLS 1.3: its default; none of TLS 1.2 but some of 1.3: only 1.3
    // is spoken.
    std::vector<std::string> cipher_suites;
    std::vector<std::string> curves;  // "X25519", "CurveP256", ...; empty: those of Go
    bool tls13_only = false;
    std::vector<std::string>
        pinned_certificates;  // SHA-256 of SubjectPublicKeyInfo, lower case hex
};

// Immutable; safe from any thread. Sessions are resumed by tickets whose keys end with the context,
// so that a renewed certificate or a removed CA holds for every connection of the next one.
class TlsContext {
  public:
    // Reads the files. Error texts are nats-server's where it has one.
    [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> from(TlsSettings settings);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    [[nodiscard]] const TlsSettings& settings() const noexcept { return settings_; }
    // Our side of one connection; null without memory. `host`: for a client's side, whose
    // certificate the peer must have, a name or a numeric address.
    [[nodiscard]] ssl_st* make_side(const std::string& host) const;

  private:
    TlsContext(TlsSettings settings, ssl_ctx_st* context);
    const TlsSettings settings_;
    ssl_ctx_st* const context_;
};

}  // namespace midge
