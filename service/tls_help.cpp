#include "command_line.h"

namespace midge {

std::string tls_help() {
    return R"(The tls block of the configuration file sets up TLS:

    tls {
        cert_file: "/etc/midge/server.pem"      # the server's certificate first, then its chain
        key_file:  "/etc/midge/server.key"      # without passphrase
    }

Clients then connect to tls://<a name in the certificate>:4222. If you replace the certificate file,
new connections use the new certificate within seconds.

With client certificates, the certificate identifies the user:

    tls {
        cert_file: "/etc/midge/server.pem"
        key_file:  "/etc/midge/server.key"
        ca_file:   "/etc/midge/clients-ca.pem"  # authorities that sign client certificates
        verify_and_map: true                    # the user is the e-mail, DNS name, URI or subject
    }
    authorization {
        users: [ {user: "bob@example.com"}, {user: "CN=alice,O=Example"} ]
    }

All settings of the block:  --help-config tls
)";
}

}  // namespace midge
