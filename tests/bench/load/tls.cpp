#include "tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>

#include "failure.h"

namespace midge::load {
namespace {

constexpr size_t call_bytes_max = 1024 * 1024;

ssize_t result_of(const SSL* tls, int done) {
    if (done > 0) return done;
    const int error = SSL_get_error(tls, done);
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    const bool waits = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
    errno = waits ? EAGAIN : EPROTO;
    return -1;
}

}  // namespace

SSL* begin_tls(int fd) {
    static SSL_CTX* const context = [] {
        SSL_CTX* const made = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION);
        SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_CTX_set_read_ahead(made, 1);
        return made;
    }();
    SSL* const tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    if (SSL_connect(tls) == 1) return tls;
    SSL_free(tls);
    throw Failure("the TLS handshake failed");
}

void end_tls(SSL* tls) {
    SSL_free(tls);
}

ssize_t tls_send(SSL* tls, const char* bytes, size_t size) {
    ERR_clear_error();
    return result_of(tls, SSL_write(tls, bytes, static_cast<int>(std::min(size, call_bytes_max))));
}

ssize_t tls_receive(SSL* tls, char* bytes, size_t size) {
    ERR_clear_error();
    return result_of(tls, SSL_read(tls, bytes, static_cast<int>(std::min(size, call_bytes_max))));
}

}  // namespace midge::load
