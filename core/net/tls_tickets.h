#pragma once
// Private to TlsContext and TlsStream: clients resume sessions with tickets that only this context
// can read. The server keeps no sessions.
#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

constexpr int64_t ticket_lifetime_seconds = int64_t{2} * 60 * 60;

// Allows sessions to be resumed with tickets that are at most ticket_lifetime_seconds old. A client
// that showed a certificate can resume only while every certificate of the verified chain is valid.
[[nodiscard]] Result<> use_tickets(SSL_CTX* context, bool verify_client);

// Returns the chain that was verified in this handshake, or in the handshake of the session that it
// resumes, as PEM, from the client's certificate to the authority. Empty if there is none.
[[nodiscard]] std::vector<std::string> verified_chain_of(SSL* ssl);

}  // namespace midge
