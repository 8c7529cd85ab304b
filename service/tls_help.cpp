#include "command_line.h"

namespace midge {

std::string tls_help() {
    return R"(TLS is set up by the tls block of the configuration file:

    tls {
        cert_file: "/etc/midge/server.pem"      # the server's certificate, then those up to its root
        key_file:  "/etc/midge/server.key"      # without passphrase
    }

Clients then connect to tls://<a name in the certificate>:4222. A certificate that is renewed in
place is used for the next connections by itself, within seconds.

Clients that show a certificate too, by which the server knows who they are:

    tls {
        cert_file: "/etc/midge/server.pem"
        key_file:  "/etc/midge/server.key"
        ca_file:   "/etc/midge/clients-ca.pem"  # whose certificates are good
        verify_and_map: true                    # e-mail, DNS name, URI or subject is the user's name
    }
    authorization {
        users: [ {user: "bob@example.com"}, {user: "CN=alice,O=Example"} ]
    }

All settings of the block:  --help-config tls
)";
}

}  // namespace midge
