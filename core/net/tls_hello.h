#pragma once
// Private to TlsContext and TlsStream: notes what a client offered, for the log line of a failed
// handshake.
#include <openssl/ssl.h>

#include <string>

namespace midge {

// Notes about a connection during its handshake. The connection's application data points to them.
struct HandshakeNotes {
    std::string refused;   // the refused certificate, if any: " (CN=bob SHA-256: 763a...)"
    std::string suites;    // as nats-server prints them: "[c02b 2f ff]"
    std::string versions;  // "[302 301]"
};

// Makes every connection of the context note what the client's hello offers.
void note_hellos(SSL_CTX* context);

}  // namespace midge
