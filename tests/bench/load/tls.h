#pragma once
// TLS of a client, for throughput cases.
#include <sys/types.h>

#include <cstddef>

struct ssl_st;

namespace midge::load {

// Makes the handshake on a blocking socket, TLS 1.3. Throws Failure. Requires: end_tls() frees the
// result.
[[nodiscard]] ssl_st* begin_tls(int fd);
void end_tls(ssl_st* tls);
// Like ::send and ::recv; errno is EAGAIN if the socket is not ready.
[[nodiscard]] ssize_t tls_send(ssl_st* tls, const char* bytes, size_t size);
[[nodiscard]] ssize_t tls_receive(ssl_st* tls, char* bytes, size_t size);

}  // namespace midge::load
