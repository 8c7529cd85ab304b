#pragma once
// The settings of resolver-url.
#include <Poco/URI.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace midge {

struct TlsSettings {
    std::string ca_file;    // replaces the system's certificate authorities
    std::string cert_file;  // the client's certificate, with key_file
    std::string key_file;
    bool insecure = false;  // accepts any server certificate
};

struct UrlSettings {
    Poco::URI url;                            // http or https; its path ends in '/'
    std::chrono::milliseconds timeout{1900};  // for one fetch, including redirects
    TlsSettings tls;

    // Parses {"url", "timeout_ms", "tls": {"ca_file", "cert_file", "key_file", "insecure"}}.
    [[nodiscard]] static Result<UrlSettings> parse(std::string_view config_json);
};

// Returns the URL without user and password, for logs.
[[nodiscard]] std::string printable(const Poco::URI& url);

}  // namespace midge
