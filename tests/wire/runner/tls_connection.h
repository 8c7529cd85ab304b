#pragma once
// TLS with OpenSSL as the client, without core/net, like another client.
#include <Poco/Net/StreamSocket.h>

#include "wire/runner/connection.h"

namespace midge::wire {

// Makes the handshake on a connected socket. Without `speaks_first`, waits for the server's INFO
// before it, which is then the first input of the connection. Trusts the tests' authority, and
// requires that the server is localhost.
[[nodiscard]] std::unique_ptr<Connection> start_tls(Poco::Net::StreamSocket socket,
                                                    const Opening& opening);

}  // namespace midge::wire
