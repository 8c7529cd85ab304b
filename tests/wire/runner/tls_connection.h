#pragma once
// TLS of OpenSSL's client side, as independent of core/net as a foreign client's.
#include <Poco/Net/StreamSocket.h>

#include "wire/runner/connection.h"

namespace midge::wire {

// Does the handshake over a connected socket. Without `speaks_first` the server's INFO is awaited
// before it, and is the first thing that the connection gives. Trusts the tests' authority, and
// insists on a server called localhost.
[[nodiscard]] std::unique_ptr<Connection> start_tls(Poco::Net::StreamSocket socket,
                                                    const Opening& opening);

}  // namespace midge::wire
