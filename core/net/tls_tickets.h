#pragma once
// Private to TlsContext and TlsStream: how a client resumes an earlier session, by a ticket that
// only this context can read. Nothing is kept for it here.
#include <openssl/ssl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace midge {

constexpr int64_t ticket_lifetime_seconds = int64_t{2} * 60 * 60;

// Sessions are resumed by tickets that are no older than ticket_lifetime_seconds. Clients that
// showed a certificate resume only while each certificate of the chain that was verified then is
// within its time.
[[nodiscard]] Result<> use_tickets(SSL_CTX* context, bool verify_client);

// As PEM, the client's own first, up to the authority: the chain that was verified in this
// handshake, or in the one whose session it resumes. Empty without one.
[[nodiscard]] std::vector<std::string> verified_chain_of(SSL* ssl);

}  // namespace midge
