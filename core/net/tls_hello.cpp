#include "net/tls_hello.h"

#include <fmt/format.h>

#include <algorithm>

namespace midge {
namespace {

// More than any real client has; a hello may have thirty thousand.
constexpr size_t listed_max = 256;

// Returns numbers of two bytes each, as Go prints them: "[c02b 2f]".
std::string listed(const unsigned char* bytes, size_t size) {
    std::string out = "[";
    const size_t count = std::min(size / 2, listed_max);
    for (size_t i = 0; i < count; ++i)
        out += fmt::format("{}{:x}", i == 0 ? "" : " ", bytes[2 * i] << 8 | bytes[2 * i + 1]);
    return out + "]";
}

std::string offered_versions(SSL* ssl) {
    const unsigned char* list = nullptr;
    size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &list, &size) == 1)
        return size > 0 ? listed(list + 1, size - 1) : "[]";
    // All versions up to the one that the hello names.
    constexpr unsigned char versions[] = {0x03, 0x04, 0x03, 0x03, 0x03, 0x02, 0x03, 0x01};
    const unsigned newest = SSL_client_hello_get0_legacy_version(ssl);
    size_t at = 0;
    while (at < sizeof versions &&
           (static_cast<unsigned>(versions[at]) << 8 | versions[at + 1]) > newest)
        at += 2;
    return listed(versions + at, sizeof versions - at);
}

int note_hello(SSL* ssl, int* /*alert*/, void* /*argument*/) {
    auto* const notes = static_cast<HandshakeNotes*>(SSL_get_app_data(ssl));
    if (notes == nullptr) return SSL_CLIENT_HELLO_SUCCESS;
    const unsigned char* suites = nullptr;
    const size_t size = SSL_client_hello_get0_ciphers(ssl, &suites);
    notes->suites = listed(suites, size);
    notes->versions = offered_versions(ssl);
    return SSL_CLIENT_HELLO_SUCCESS;
}

}  // namespace

void note_hellos(SSL_CTX* context) {
    SSL_CTX_set_client_hello_cb(context, note_hello, nullptr);
}

}  // namespace midge
