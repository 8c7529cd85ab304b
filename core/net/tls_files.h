#pragma once
// Private to TlsContext: certificates, keys and authorities from PEM files, each read once and
// whole, so that a file that is replaced meanwhile is never half old and half new.
#include <openssl/ssl.h>

#include <string>

#include "base/result.h"
#include "net/tls_context.h"

namespace midge {

// What OpenSSL says of its failure: the first entry of its queue is the cause, what follows says
// who passed it on. The queue is empty afterwards.
[[nodiscard]] std::string openssl_text();

// Error texts are nats-server's, with the file's path behind them where it says none.
// Of several certificates `number` says which: " 2/3".
[[nodiscard]] Result<> use_certificate(SSL_CTX* context, const TlsCertificate& files,
                                       const std::string& number);
// Whose clients' certificates are good; an empty path: those that the system trusts.
[[nodiscard]] Result<> use_authorities(SSL_CTX* context, const std::string& path);

}  // namespace midge
