#pragma once
// A client's TLS, for throughput cases.
#include <sys/types.h>

#include <cstddef>

struct ssl_st;

namespace midge::load {

// Does the handshake over a blocking socket, TLS 1.3. Throws Failure. To be freed by end_tls.
[[nodiscard]] ssl_st* begin_tls(int fd);
void end_tls(ssl_st* tls);
// As ::send and ::recv; errno is EAGAIN when the socket has to become ready first.
[[nodiscard]] ssize_t tls_send(ssl_st* tls, const char* bytes, size_t size);
[[nodiscard]] ssize_t tls_receive(ssl_st* tls, char* bytes, size_t size);

}  // namespace midge::load
