#pragma once
// Private to TlsContext and TlsStream: what a client offered, for the message about a handshake
// that failed.
#include <openssl/ssl.h>

#include <string>

namespace midge {

// What is noted while a connection's handshake lasts. The connection's application data points to
// it.
struct HandshakeNotes {
    std::string refused;   // which certificate was, if one was: " (CN=bob SHA-256: 763a...)"
    std::string suites;    // as nats-server prints them: "[c02b 2f ff]"
    std::string versions;  // "[302 301]"
};

// Has every connection of the context note what its client's hello offers.
void note_hellos(SSL_CTX* context);

}  // namespace midge
