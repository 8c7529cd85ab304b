#pragma once
// Private to TlsContext: certificates, keys and authorities from PEM files. Each file is read once
// as a whole, so that a file that is being replaced is never half old and half new.
#include <openssl/ssl.h>

#include <string>

#include "base/result.h"
#include "net/tls_context.h"

namespace midge {

// Returns OpenSSL's text of the last failure: the first entry of its queue, which is the cause. The
// other entries only tell where it was passed on. Empties the queue.
[[nodiscard]] std::string openssl_text();

// Errors have nats-server's text, with the path added if the text has none. `number` tells which of
// several certificates it is: " 2/3".
[[nodiscard]] Result<> use_certificate(SSL_CTX* context, const TlsCertificate& files,
                                       const std::string& number);
// Sets the authorities for client certificates. Empty path: those that the system trusts.
[[nodiscard]] Result<> use_authorities(SSL_CTX* context, const std::string& path);

}  // namespace midge
