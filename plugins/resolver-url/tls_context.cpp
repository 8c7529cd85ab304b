#include "resolver-url/tls_context.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/file.h"
#include "base/text.h"

namespace midge {
namespace {

using Poco::Net::Context;

constexpr size_t pem_file_bytes_max = 16 * 1024 * 1024;

bool expect_host(Context& context, const std::string& host) {
    X509_VERIFY_PARAM* param = SSL_CTX_get0_param(context.sslContext());
    Poco::Net::IPAddress address;
    if (Poco::Net::IPAddress::tryParse(host, address)) {
        return X509_VERIFY_PARAM_set1_ip_asc(param, address.toString().c_str()) == 1;
    }
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(param, host.data(), host.size()) == 1;
}

}  // namespace

Result<Context::Ptr> make_tls_context(const TlsSettings& tls, const std::string& host) {
    // OpenSSL would wait for a pipe, and its error texts about unreadable files say little.
    for (const std::string& file : {tls.ca_file, tls.cert_file, tls.key_file}) {
        if (file.empty()) continue;
        auto text = read_text_file(file, {.bytes_max = pem_file_bytes_max});
        if (!text) return fail(Errc::invalid, "TLS: " + text.error().text);
        wipe(*text);
    }
    Context::Params params;
    params.caLocation = tls.ca_file;
    params.loadDefaultCAs = tls.ca_file.empty();
    params.certificateFile = tls.cert_file;
    params.privateKeyFile = tls.key_file;
    params.verificationMode = tls.insecure ? Context::VERIFY_NONE : Context::VERIFY_STRICT;
    try {
        Context::Ptr context = new Context(Context::TLS_CLIENT_USE, params);
        context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        // OpenSSL's own check of the chain and the host replaces Poco's, which does not support IP
        // addresses, skips local hosts, and can be overruled by handlers that are global to the
        // process.
        context->enableExtendedCertificateVerification(false);
        SSL_CTX_set_verify(context->sslContext(), tls.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
                           nullptr);
        if (!expect_host(*context, host)) return fail(Errc::invalid, "TLS: bad host name " + host);
        return context;
    } catch (const Poco::Exception& e) {
        return fail(Errc::invalid, "TLS: " + e.displayText());
    }
}

}  // namespace midge
