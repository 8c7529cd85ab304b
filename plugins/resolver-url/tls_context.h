#pragma once
// TLS for connections to the account server.
#include <Poco/Net/Context.h>

#include <string>

#include "base/result.h"
#include "resolver-url/url_settings.h"

namespace midge {

// Makes a client context that checks the server's certificate for `host` (a name or an IP address)
// like Go's clients: with the system's or the given authorities, by the subject alternative names,
// and with TLS 1.2 or newer. Fails if a file of `tls` is not usable.
[[nodiscard]] Result<Poco::Net::Context::Ptr> make_tls_context(const TlsSettings& tls,
                                                               const std::string& host);

}  // namespace midge
