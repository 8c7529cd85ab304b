#include "plugin/http_test_server.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace midge::test {
namespace {

namespace net = Poco::Net;

class Handler final : public net::HTTPRequestHandler {
  public:
    explicit Handler(const HttpHandler& handler) : handler_(handler) {}
    void handleRequest(net::HTTPServerRequest& request,
                       net::HTTPServerResponse& response) override {
        handler_(request, response);
    }

  private:
    const HttpHandler& handler_;
};

class Factory final : public net::HTTPRequestHandlerFactory {
  public:
    explicit Factory(HttpHandler handler) : handler_(std::move(handler)) {}
    net::HTTPRequestHandler* createRequestHandler(const net::HTTPServerRequest&) override {
        return new Handler(handler_);
    }

  private:
    const HttpHandler handler_;
};

net::SocketAddress any_port() {
    return {"127.0.0.1", 0};
}

net::Context::Ptr server_context(const TestCertificate& certificate) {
    net::Context::Params params;
    params.certificateFile = certificate.cert_file;
    params.privateKeyFile = certificate.key_file;
    params.verificationMode = net::Context::VERIFY_NONE;
    return new net::Context(net::Context::TLS_SERVER_USE, params);
}

template <class Write>
void write_pem(const std::string& file, Write write) {
    std::FILE* out = std::fopen(file.c_str(), "wb");
    if (out == nullptr || write(out) != 1) throw std::runtime_error("cannot write " + file);
    std::fclose(out);
}

}  // namespace

TestCertificate make_certificate(const std::filesystem::path& directory, const std::string& host) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> cert(X509_new(), &X509_free);
    X509_set_version(cert.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
    X509_set_pubkey(cert.get(), key.get());
    X509_NAME* name = X509_get_subject_name(cert.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(cert.get(), name);
    const std::string names = host == "localhost" ? "DNS:localhost,IP:127.0.0.1" : "DNS:" + host;
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()),
        &X509_EXTENSION_free);
    X509_add_ext(cert.get(), extension.get(), -1);
    X509_sign(cert.get(), key.get(), EVP_sha256());

    TestCertificate made{(directory / "cert.pem").string(), (directory / "key.pem").string()};
    write_pem(made.cert_file, [&](std::FILE* out) { return PEM_write_X509(out, cert.get()); });
    write_pem(made.key_file, [&](std::FILE* out) {
        return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return made;
}

HttpTestServer::HttpTestServer(HttpHandler handler)
    : HttpTestServer(std::move(handler), net::ServerSocket(any_port()), "http") {}

HttpTestServer::HttpTestServer(HttpHandler handler, const TestCertificate& certificate)
    : HttpTestServer(std::move(handler),
                     net::SecureServerSocket(any_port(), 64, server_context(certificate)),
                     "https") {}

HttpTestServer::HttpTestServer(HttpHandler handler, const net::ServerSocket& socket,
                               std::string scheme)
    : scheme_(std::move(scheme)) {
    net::HTTPServerParams::Ptr params = new net::HTTPServerParams;
    params->setKeepAlive(true);
    server_ = std::make_unique<net::HTTPServer>(new Factory(std::move(handler)), threads_, socket,
                                                params);
    server_->start();
}

HttpTestServer::~HttpTestServer() {
    server_->stopAll(true);
    threads_.joinAll();
}

std::string HttpTestServer::url() const {
    return fmt::format("{}://127.0.0.1:{}/jwt/v1/accounts/", scheme_, server_->port());
}

RawTestServer::RawTestServer(std::function<void(net::StreamSocket&)> talk)
    : socket_(any_port()), thread_([this, talk = std::move(talk)] {
          while (true) {
              net::StreamSocket connection = socket_.acceptConnection();
              if (stopping_) return;
              try {
                  talk(connection);
              } catch (const Poco::Exception&) {
                  // The client has disconnected in the middle, which some tests do.
              }
          }
      }) {}

RawTestServer::~RawTestServer() {
    stopping_ = true;
    const net::StreamSocket last(socket_.address());
    thread_.join();
}

std::string RawTestServer::url() const {
    return fmt::format("http://127.0.0.1:{}/", socket_.address().port());
}

}  // namespace midge::test
