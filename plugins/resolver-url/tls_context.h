#pragma once
// TLS towards the account server.
#include <Poco/Net/Context.h>

#include <string>

#include "base/result.h"
#include "resolver-url/url_settings.h"

namespace midge {

// A client context that checks the server's certificate for `host` (a name or an IP address) as
// Go's clients do: against the system's or the given authorities, by the subject alternative names,
// TLS 1.2 or newer. Fails when a file of `tls` cannot be used.
[[nodiscard]] Result<Poco::Net::Context::Ptr> make_tls_context(const TlsSettings& tls,
                                                               const std::string& host);

}  // namespace midge
